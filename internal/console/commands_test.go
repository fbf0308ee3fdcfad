package console

import (
	"bytes"
	"cmp"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/secret"
)

func commands(s Dialect, env map[string]string) (Commands, *bytes.Buffer) {
	var out bytes.Buffer
	return Commands{Dialect: s, Out: &out, Getenv: func(k string) string { return env[k] }}, &out
}

func TestMask(t *testing.T) {
	s := secret.New("first-line%\r\nsecond]line")
	for system, want := range map[Dialect]string{
		Workflow: "::add-mask::first-line%25\n::add-mask::second]line\n",
		Logging:  "##vso[task.setsecret]first-line%AZP25\n##vso[task.setsecret]second%5Dline\n",
		Plain:    "",
	} {
		v, out := commands(system, nil)
		v.Mask(s)
		v.Mask(secret.Value{})
		if out.String() != want {
			t.Errorf("%s: %q, want %q", system, out.String(), want)
		}
	}
}

func TestAnnotateEscapes(t *testing.T) {
	a := Annotation{Level: Error, Title: "a,b:c", Message: "x\n::set-output name=y::z", File: "d;e].go", Line: 3, EndLine: 5}
	for system, want := range map[Dialect]string{
		Workflow: "::error title=a%2Cb%3Ac,file=d;e].go,line=3,endLine=5::x%0A::set-output name=y::z\n",
		Logging:  "##vso[task.logissue type=error;sourcepath=d%3Be%5D.go;linenumber=3]a,b:c: x%0A::set-output name=y::z\n",
	} {
		v, out := commands(system, nil)
		if !v.Annotate(a) || out.String() != want {
			t.Errorf("%s: %q, want %q", system, out.String(), want)
		}
	}
	v, out := commands(Plain, nil)
	if v.Annotate(a) || out.Len() > 0 {
		t.Error("a plain checkout has no annotations")
	}
}

func TestOutputCannotBeInjected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	v, _ := commands(Workflow, map[string]string{"GITHUB_OUTPUT": path})
	if err := v.Output("verdict", "PASSED\n_GitHubActionsFileCommandDelimeter_\nevil<<E\nx\nE"); err != nil {
		t.Fatal(err)
	}
	if err := v.Output("next", "1"); err != nil {
		t.Fatal(err)
	}
	got := readOutputs(t, path)
	if len(got) != 2 || got["next"] != "1" || !strings.Contains(got["verdict"], "evil<<E") {
		t.Errorf("outputs = %q", got)
	}
}

// readOutputs reads the file as the runner does: name<<DELIMITER, lines, DELIMITER.
func readOutputs(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for i := 0; i < len(lines); i++ {
		name, delimiter, ok := strings.Cut(lines[i], "<<")
		if !ok {
			t.Fatalf("line %q is no entry", lines[i])
		}
		var value []string
		for i++; lines[i] != delimiter; i++ {
			value = append(value, lines[i])
		}
		out[name] = strings.Join(value, "\n")
	}
	return out
}

func TestSummary(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "summary")
	v, _ := commands(Workflow, map[string]string{"GITHUB_STEP_SUMMARY": path})
	for range 2 {
		if ok, err := v.Summary("# hi"); !ok || err != nil {
			t.Fatal(ok, err)
		}
	}
	if text, _ := os.ReadFile(path); string(text) != "# hi\n# hi\n" {
		t.Errorf("summary = %q", text)
	}
	azure, out := commands(Logging, map[string]string{"AGENT_TEMPDIRECTORY": dir})
	if ok, err := azure.Summary("# hi"); !ok || err != nil || !strings.HasPrefix(out.String(), "##vso[task.uploadsummary]"+dir) {
		t.Errorf("%v %v %q", ok, err, out.String())
	}
	plain, _ := commands(Plain, nil)
	if ok, err := plain.Summary("x"); ok || err != nil {
		t.Error("a plain checkout has no summary")
	}
}

// TestGuardOfTeamCity: a service message can set a parameter, publish a file and
// turn a failed build into a passed one.
func TestGuardOfTeamCity(t *testing.T) {
	var out bytes.Buffer
	if _, err := io.WriteString(guarded(Messages, &out), "a ##teamcity[buildStatus status='SUCCESS']\n::error::x\n"); err != nil {
		t.Fatal(err)
	}
	if want := "a ##teamcity [buildStatus status='SUCCESS']\n::error::x\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// TestGuardOfParts: whoever writes may cut the text anywhere, as a buffer does that is
// full, and whoever made a report's paths can choose where.
func TestGuardOfParts(t *testing.T) {
	const text = "a\n \t::error::x\n##vso[task.complete]\r::set-env::y\n###[section]##teamcity[x]\n"
	want := map[Dialect]string{
		Workflow: "a\n \t\\::error::x\n##vso [task.complete]\r\\::set-env::y\n### [section]##teamcity [x]\n",
		Messages: "a\n \t::error::x\n##vso [task.complete]\r::set-env::y\n### [section]##teamcity [x]\n",
	}
	for _, d := range []Dialect{Workflow, Logging, Messages} {
		for i := range text {
			for j := i; j <= len(text); j++ {
				var out bytes.Buffer
				w := guarded(d, &out)
				for _, part := range []string{text[:i], text[i:j], text[j:]} {
					if _, err := io.WriteString(w, part); err != nil {
						t.Fatal(err)
					}
				}
				if whole := want[cmp.Or(map[Dialect]Dialect{Logging: Workflow}[d], d)]; out.String() != whole {
					t.Fatalf("%s, cut at %d and %d: %q, want %q", d, i, j, out.String(), whole)
				}
			}
		}
	}
}

// TestGuardOfBlanks: GitHub's runner trims whatever Unicode calls white space before it
// looks for a command (TrimStart in actions/runner, ActionCommand.TryParseV2).
func TestGuardOfBlanks(t *testing.T) {
	for _, blank := range []string{" ", "\t", "\v", "\f", "\u0085", "\u00a0", "\u1680", "\u2003", "\u2028", "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff"} {
		var out bytes.Buffer
		if _, err := io.WriteString(guarded(Workflow, &out), "a"+blank+"::b\n"+blank+"::error::x\n"); err != nil {
			t.Fatal(err)
		}
		if want := "a" + blank + "::b\n" + blank + "\\::error::x\n"; out.String() != want {
			t.Errorf("%q, want %q", out.String(), want)
		}
	}
}

func TestGuard(t *testing.T) {
	var out bytes.Buffer
	w := guarded(Workflow, &out)
	for _, part := range []string{"a ::b\n", " ::error::x\n", ":", ":c", "\n::d ##vso[task.complete]##[add-path]\n"} {
		if _, err := w.Write([]byte(part)); err != nil {
			t.Fatal(err)
		}
	}
	want := "a ::b\n \\::error::x\n\\::c\n\\::d ##vso [task.complete]## [add-path]\n"
	if out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// TestTableOfHostileNames: a server's name is one cell of one line, which only Paint
// colours.
func TestTableOfHostileNames(t *testing.T) {
	var out strings.Builder
	c := New(Streams{Stdout: &out, Getenv: func(name string) string { return map[string]string{"FORCE_COLOR": "1"}[name] }}, Plain)
	if err := c.Table([][]string{{"ID", "Name"}, {"7", "x\x1b[2J\u202e\n8  mine\t\u009b31m"}, {"9", c.Paint(Red, "gone\x1b[8m")}, {"10", "\x1b[32mgreen"}}); err != nil {
		t.Fatal(err)
	}
	const want = "ID  Name\n7   x�[2J��8  mine �31m\n9   \x1b[31mgone�[8m\x1b[0m\n10  \x1b[32mgreen\x1b[0m\n"
	if out.String() != want {
		t.Errorf("%q, want\n%q", out.String(), want)
	}
}
