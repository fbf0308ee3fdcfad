package secret

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	encodingxml "encoding/xml"
	"fmt"
	"html/template"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const token = "cdt_0123456789abcdefSECRET"

type holder struct {
	Shown  Value
	hidden Value
	ptr    *Value
}

func TestNothingPrintsAValue(t *testing.T) {
	v := New(token)
	h := holder{v, v, &v}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T"} {
		fmt.Fprintf(&out, verb+" ", v)
		fmt.Fprintf(&out, verb+" ", h)
		fmt.Fprintf(&out, verb+" ", &h)
		fmt.Fprintf(&out, verb+" ", []Value{v})
		fmt.Fprintf(&out, verb+" ", map[string]Value{"k": v})
	}
	enc, err := json.Marshal(map[string]any{"v": v, "h": h})
	if err != nil {
		t.Fatal(err)
	}
	out.Write(enc)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "v", v, "h", h)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "v", v, "h", h)

	for _, form := range append(forms(token), "0123456789", fmt.Sprintf("%X", token)) {
		if strings.Contains(out.String(), form) {
			t.Errorf("output contains the secret as %q:\n%s", form, out.String())
		}
	}
	if !strings.Contains(out.String(), "cdt_••••CRET") {
		t.Error("the form for people is missing")
	}
}

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		" \n":                  "",
		"short":                "••••",
		token + "\n":           "cdt_••••CRET",
		"aca_k1_0123456789abc": "aca_k1_••••9abc",
		"0123456789abcdef0123": "••••0123",
		"0123456789abcdef":     "••••cdef", // 16 characters are enough
		"0123456789abcde":      "••••",
	} {
		if got := New(in).String(); got != want {
			t.Errorf("New(%q).String() = %q, want %q", in, got, want)
		}
	}
	if !New(" \t\n").Empty() || New("x").Empty() {
		t.Error("Empty is wrong")
	}
}

func TestRedactor(t *testing.T) {
	var r Redactor
	v := New(`p"q/` + token)
	r.Add(v)
	r.Add(New("line-one\nline-two"))
	text := "a " + v.Expose() + " b " + base64.StdEncoding.EncodeToString([]byte(v.Expose())) + " c line-two d"
	got := r.Clean(text)
	if got != "a *** b *** c *** d" {
		t.Errorf("Clean = %q", got)
	}
	r.Add(New("abc"))
	if r.Clean("abc") != "abc" {
		t.Error("a three-letter secret must not blot out ordinary words")
	}
	r.Add(New("abcdef"))
	r.Add(New("12345"))
	if got := r.Clean("abcdef 12345"); got != "*** 12345" {
		t.Errorf("a secret of six characters is one, of five none: %q", got)
	}
	r.Add(New("lines\n123456\n12345"))
	if got := r.Clean("123456 12345"); got != "*** 12345" {
		t.Errorf("so for lines of one: %q", got)
	}
	var longer Redactor
	longer.Add(New("secret-one"))
	longer.Add(New("secret-one-and-two"))
	if got := longer.Clean("secret-one-and-two"); got != "***" {
		t.Errorf("a secret that begins another leaves its rest: %q", got)
	}
	if (*Redactor)(nil).Clean("x") != "x" {
		t.Error("a nil redactor must pass text through")
	}
}

// TestSpellings: a token has more than letters and digits, and each encoder, renderer
// and server writes the rest in its own way.
func TestSpellings(t *testing.T) {
	for _, text := range []string{"ghp_0123456789abcdefGHIJ_KLMN", "ATATT3xFf-F0_a+b/c=3D", `p"q'r<s>t&u\v`, "ab+cd/ef==", "two words, three", "é€ü-schlüssel", "$^[](){}.*?|+!", "one line\nand-another\r\nand_a.third"} {
		var r Redactor
		r.Add(New(text))
		quoted, _ := json.Marshal(text)
		var xml, page strings.Builder
		template.HTMLEscape(&page, []byte(text))
		_ = encodingxml.EscapeText(&xml, []byte(text)) // a Builder never fails
		special := func(format string) string {
			return regexp.MustCompile(`[^0-9A-Za-z]`).ReplaceAllStringFunc(text, func(c string) string { return fmt.Sprintf(format, []rune(c)[0]) })
		}
		for name, spelt := range map[string]string{
			"a query": url.QueryEscape(text), "a path": url.PathEscape(text), "a query twice": url.QueryEscape(url.QueryEscape(text)),
			"a query of .NET": regexp.MustCompile(`%..`).ReplaceAllStringFunc(url.QueryEscape(text), strings.ToLower),
			"JSON":            strings.Trim(string(quoted), `"`), "JSON of PHP": strings.ReplaceAll(strings.Trim(string(quoted), `"`), "/", `\/`),
			"JSON in digits": special(`\u%04x`), "JSON of .NET": special(`\u%04X`), "HTML": page.String(), "XML": xml.String(),
			"digits": special("&#%d;"), "more digits": special("&#x%02X;"), "our Markdown": special("&#%d;\u200b"), "an address of ours": special("\u200b%c"),
		} {
			if got := r.Clean("a " + spelt + " z"); got != "a *** z" {
				t.Errorf("%q as %s: %q", text, name, got)
			}
		}
	}
}

// A server that shows the header it was sent shows base64 of user and token
// together, in which the token's own base64 does not stand.
func TestRedactorFindsBasicAuthentication(t *testing.T) {
	var r Redactor
	r.Add(New(token))
	for _, user := range []string{"", "u", "us", "user@example.org"} {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			got := r.Clean("Authorization: Basic " + encoding.EncodeToString([]byte(user+":"+token+"\n")))
			if _, rest, ok := strings.Cut(got, "***"); !ok || len(rest) > 6 {
				t.Errorf("user %q: %q", user, got)
			}
		}
	}
}

func TestRedactorForgets(t *testing.T) {
	var r Redactor
	a, b := New("cdt_0123456789abcdefAAAA"), New("cdt_0123456789abcdefBBBB")
	for range 3 {
		r.Add(a)
	}
	r.Add(b)
	r.Forget(a)
	if got := r.Clean("x " + b.Expose()); got != "x ***" {
		t.Errorf("after forgetting another: %q", got)
	}
	if got := r.Clean(a.Expose()); got != a.Expose() {
		t.Errorf("forgotten, and still %q", got)
	}
}

// A part of a token that is a word stands in every second line of a log: that costs
// no more than looking.
func TestWordsOfTokensCostLittle(t *testing.T) {
	var r Redactor
	r.Add(New("my-secret-password-1"))
	if n := testing.AllocsPerRun(10, func() { r.Clean("a hard-coded password") }); n > 50 {
		t.Errorf("%v allocations", n)
	}
}
