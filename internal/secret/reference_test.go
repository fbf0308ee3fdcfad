package secret

import "testing"

func TestUnexpanded(t *testing.T) {
	for text, want := range map[string]bool{
		"$(CODACY_PROJECT_TOKEN)": true, "$(Codacy.ProjectToken)": true, " $(TOKEN)\n": true,
		"$TOKEN": true, "$T0KEN": true, "$TOKEN9": true, "$(0TOKEN)": false, "$(9TOKEN)": false, "${TOKEN}": true, "%TOKEN%": true, "${{ secrets.TOKEN }}": true, "$[variables.TOKEN]": true,
		`<+secrets.getValue("token")>`: true, "${frozen.Z}": true, "null": true, "${{ secrets.A || '' }}": true, "<+a> <+b>": false, "<+>": false, "nullable": false,
		"": false, "$": false, "$()": false, "%%": false, "$(date +%s)": false, "cdt_$(TOKEN)": false,
		"$ecret": false, "%20%": false, "$5": false, "50%": false,
	} {
		if got := Unexpanded(text); got != want {
			t.Errorf("Unexpanded(%q) = %v", text, got)
		}
		if v := New(text); want && !v.Empty() {
			t.Errorf("New(%q) holds %d characters", text, len(v.Expose()))
		}
	}
}

func TestWrapped(t *testing.T) {
	for text, want := range map[string][2]string{
		"abc":       {"", "abc"},
		"abc\n":     {"a line break", "abc\n"},
		" abc":      {"spaces", " abc"},
		`"abc"`:     {"quotes", "abc"},
		"'abc'\r\n": {"quotes", "abc"},
		`"abc`:      {"", `"abc`},
		" \n":       {"", " \n"},
		"abca":      {"", "abca"},
		`""`:        {"quotes", ""},
		`"`:         {"", `"`},
	} {
		if got := Wrapped(text); got != want[0] {
			t.Errorf("Wrapped(%q) = %q", text, got)
		}
		if got := Unwrap(text); got != want[1] {
			t.Errorf("Unwrap(%q) = %q", text, got)
		}
	}
}

func TestPrefixOf(t *testing.T) {
	for text, want := range map[string]string{
		"cdt_0123456789": "cdt_", "aca_k1_0123456789": "aca_k1_", "glpat-Ab3": "glpat-", "github_pat_11AA": "github_pat_",
		"0123456789abcdef": "", "Ab_cdef": "", "abcdefghijklmnop_": "", "a_bc": "",
		"": "", "abc": "", "xyz_0123": "xyz_", "k09_0123": "k09_", "0ab_0123": "", "aca_k_0123456": "aca_", // a short word has two letters
		"abcdefghij_0": "abcdefghij_", "abcdefghijk_0": "", // ten letters are a word
	} {
		if got := prefixOf(text); got != want {
			t.Errorf("prefixOf(%q) = %q, want %q", text, got, want)
		}
	}
}
