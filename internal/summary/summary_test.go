package summary

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/schematest"
	"github.com/gatewright/gatewright/internal/service"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func sample() Page {
	f := &Findings{Items: []service.Finding{
		{Tool: "gosec", Rule: "G404", Severity: "low", Path: "src/a.go", Line: 12, Message: "weak random number", Age: service.Old},
		{Tool: "gosec", Rule: "G101", Severity: "high", Path: "src/b.go", Line: 3, Message: "possible hard-coded credential", Help: "https://example.com/G101", Age: service.New},
	}}
	f.Sort()
	return Page{
		Run:     Run{Repository: "acme/api", Commit: "1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d", PullRequest: 7, SourceURL: "https://github.com/acme/api/blob/1a2b3c4d/"},
		Outcome: service.Failed,
		Rules: []service.Condition{
			{Name: "total coverage", Actual: "84.2 %", Wanted: "at least 80 %", Result: service.Passed},
			{Name: "patch coverage", Actual: "50.0 %", Wanted: "at least 70 %", Result: service.Failed, Why: "3 of 6 changed lines ran"},
		},
		Services: []service.Verdict{
			{Service: "codacy", Outcome: service.Passed, Conditions: []service.Condition{{Name: "issueThreshold", Actual: "0", Wanted: "at most 0", Result: service.Passed}}},
			{Service: "codeant", Outcome: service.None},
		},
		Coverage: &Coverage{
			Totals: coverage.Totals{Files: 12, Lines: coverage.Count{Covered: 842, Coverable: 1000}, Branches: coverage.Branches{Covered: 6, Total: 10}},
			Before: &coverage.Totals{Files: 12, Lines: coverage.Count{Covered: 839, Coverable: 1000}},
			Files: []FileChange{
				{Path: "src/a.go", Now: &coverage.Count{Covered: 8, Coverable: 10}, Before: &coverage.Count{Covered: 9, Coverable: 10}},
				{Path: "src/gone.go", Before: &coverage.Count{Covered: 9, Coverable: 10}},
				{Path: "src/new.go", Now: &coverage.Count{Covered: 1, Coverable: 1}},
			},
			Components: []Component{{Name: "server", Lines: coverage.Count{Covered: 1, Coverable: 2}, Patch: &coverage.Count{Covered: 1, Coverable: 3}}},
		},
		Patch: &coverage.Patch{
			Files: []coverage.PatchFile{
				{Path: "src/a.go", Covered: []int{1, 2}, Partial: []int{2}, Uncovered: []int{4, 5, 6}},
				{Path: "src/b.go", Covered: []int{9}},
			},
			Unreported: []string{"docs/x.md", "src/x.go"},
			Totals:     coverage.Count{Covered: 3, Coverable: 6},
		},
		Findings: f,
		Trend:    []Point{{"Mon", 83.1}, {"Tue", 83.9}, {"Wed", 84.2}},
		Links:    []Link{{"Codacy", "https://app.codacy.com/gh/acme/api/pull-requests/7"}},
		Notes:    []string{"the checkout is shallow"},
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (run with -update to accept):\n%s", name, diff)
	}
}

func TestTerminal(t *testing.T) {
	var out bytes.Buffer
	if err := Terminal(&out, sample(), TerminalOptions{}); err != nil {
		t.Fatal(err)
	}
	golden(t, "terminal.txt", out.String())
	if strings.Contains(out.String(), "\x1b") {
		t.Error("colour without a terminal")
	}
	var coloured bytes.Buffer
	if err := Terminal(&coloured, sample(), TerminalOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(coloured.String(), "\x1b[31m✘ FAILED\x1b[0m") {
		t.Error("no colour on a terminal")
	}
}

func TestMarkdown(t *testing.T) {
	golden(t, "../../../docs/sample-summary.md", Markdown(sample(), 0))
	golden(t, "plain.md", MarkdownFor(sample(), Flavour{}))
}

func TestMarkdownStaysWithinItsLimit(t *testing.T) {
	p := sample()
	for i := range 3000 {
		p.Patch.Files = append(p.Patch.Files, coverage.PatchFile{Path: strings.Repeat("d/", i%80) + "f.go", Uncovered: []int{i + 1}})
		p.Notes = append(p.Notes, "note")
	}
	for _, limit := range []int{1 << 20, 65536, 32768, 4096, 300, 40, 1} {
		got := Markdown(p, limit)
		if len(got) > limit {
			t.Errorf("limit %d: %d bytes", limit, len(got))
		}
		if limit > 100 && !strings.Contains(got, "Gatewright: failed") {
			t.Errorf("limit %d: the verdict is gone", limit)
		}
		if limit > 100 && !strings.Contains(got, "left out for length") && !strings.Contains(got, "longer than this place takes") {
			t.Errorf("limit %d: cut without a note", limit)
		}
	}
}

func TestJSONHasAVersion(t *testing.T) {
	enc, err := json.Marshal(Page{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := string(enc), `{"version":1,"title":"Gatewright","run":{},"outcome":""}`; got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

// hostile are texts that try to break out of where they are put.
func hostile() []string {
	return []string{
		"a\nb::error::x", "::set-output name=x::y", "a|b`c``d", "`x`", "<script>alert(1)</script>", "</code></details><img src=x onerror=alert(1)>",
		"\x1b[31mred\x1b[0m\x1b]8;;http://evil\x07", "\u202egnp.exe", "\u2066x\u2069", "\ufeff\u200b\u00ad", "a\r\nb\x00c\x7f", "\xff\xfe bad utf8",
		"@everyone #1 !2 owner/repo#3 GH-4", "[x](javascript:alert(1))", "![x](http://evil/p.png)", "https://evil.example/ www.evil.example",
		"| --- |", "# head", "* li", "1. li", "/close", "```mermaid", "$$x$$", strings.Repeat("x", 10000), strings.Repeat("é\n", 10000), "--> <!--", `"; drop`, "\\", "]]>", "%0Aevil", "&lt;b&gt;",
	}
}

func hostilePage(s string) Page {
	p := sample()
	p.Title, p.Run.Repository, p.Run.Branch, p.Run.PullRequest, p.Run.URL = s, s, s, 0, s
	p.Rules[0] = service.Condition{Name: s, Actual: s, Wanted: s, Why: s, Result: service.Failed}
	p.Services[0].Service, p.Services[0].Conditions[0].Name = s, s
	p.Coverage.Files[0].Path, p.Coverage.Components[0].Name = s, s
	p.Patch.Files[0].Path, p.Patch.Unreported[1] = s, s
	p.Findings.Items[0] = service.Finding{Tool: s, Rule: s, Severity: s, Path: s, Line: 1, Message: s, Help: s}
	p.Trend[0].Label, p.Links[0], p.Notes[0] = s, Link{s, s}, s
	return p
}

func TestHostileTextStaysText(t *testing.T) {
	shape := func(md string) []string { // the beginnings of lines, which make the structure
		var out []string
		for line := range strings.SplitSeq(md, "\n") {
			head, _, _ := strings.Cut(line, " ")
			out = append(out, head)
		}
		return out
	}
	want := shape(Markdown(hostilePage("x"), 0))
	for _, s := range hostile() {
		page := hostilePage(s)
		md := Markdown(page, 0)
		if diff := cmp.Diff(want, shape(md)); diff != "" {
			t.Errorf("%.40q changes the structure of the page:\n%s", s, diff)
		}
		cells := 0 // of the table that the line is in
		for line := range strings.SplitSeq(md, "\n") {
			n := strings.Count(line, "|")
			if !strings.HasPrefix(line, "|") {
				n = 0
			} else if cells != 0 && n != cells {
				t.Errorf("%.40q breaks the row %q", s, line)
			}
			cells = n
		}
		var out bytes.Buffer
		if err := Terminal(&out, page, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		for place, text := range map[string]string{"terminal": out.String(), "markdown": strings.ReplaceAll(md, "\u200b", "")} {
			for _, r := range text {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Errorf("%.40q leaves %U in the %s", s, r, place)
					break
				}
			}
			if len(text) > 300_000 {
				t.Errorf("%.40q makes the %s %d bytes long", s, place, len(text))
			}
		}
		for _, bad := range []string{"<script", "<img", "](javascript", "](http://evil", "@everyone"} {
			if strings.Contains(stripCode(md), bad) {
				t.Errorf("%.40q leaves %q live", s, bad)
			}
		}
	}
}

// stripCode takes code spans out of Markdown: what is in them is inert.
func stripCode(md string) string {
	parts := strings.Split(md, "`")
	var b strings.Builder
	for i := 0; i < len(parts); i += 2 {
		b.WriteString(parts[i])
	}
	return b.String()
}

// TestDocumentedJSON reads the example of docs/gates.md as the form it is said
// to be: no key in it may be unknown.
func TestDocumentedJSON(t *testing.T) {
	text, err := os.ReadFile("../../docs/gates.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(text), "## `--output json`")
	_, example, _ := strings.Cut(section, "```json\n")
	example, _, _ = strings.Cut(example, "```")
	type plain Page
	var page struct {
		Version int `json:"version"`
		plain
	}
	dec := json.NewDecoder(strings.NewReader(example))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&page); err != nil {
		t.Fatal(err)
	}
	if page.Version != 1 || page.Outcome != service.Failed || len(page.Rules) != 1 || page.Patch == nil || page.Findings == nil {
		t.Errorf("%+v", page)
	}
}

// A pull request on which nothing is wrong gets two lines in its comment.
func TestNothingWrongIsTwoLines(t *testing.T) {
	p := Page{
		Outcome: service.Passed, Run: Run{Repository: "acme/api", PullRequest: 7},
		Rules:    []service.Condition{{Name: "total coverage", Actual: "84 %", Wanted: "at least 80 %", Result: service.Passed}},
		Coverage: &Coverage{Totals: coverage.Totals{Lines: coverage.Count{Covered: 84, Coverable: 100}, Files: 3}},
		Patch:    &coverage.Patch{Totals: coverage.Count{Covered: 12, Coverable: 12}},
		Findings: &Findings{},
	}
	want := "## ✅ Gatewright: passed\nCoverage 84.0 % · patch 100.0 % of 12 lines · no new findings · `acme/api` · pull request 7\n"
	if got := MarkdownFor(p, Flavour{HTML: true, Short: true}); got != want {
		t.Errorf("%s", got)
	}
	if got := Markdown(p, 0); !strings.HasPrefix(got, want+"\n<details><summary>Details</summary>\n") {
		t.Errorf("the summary: %s", got)
	}
	// What was not looked at, not met or not known is no reason to be short.
	for name, wrong := range map[string]func(*Page){
		"note":      func(p *Page) { p.Notes = []string{"the checkout is shallow"} },
		"uncovered": func(p *Page) { p.Patch = &coverage.Patch{Totals: coverage.Count{Covered: 11, Coverable: 12}} },
		"missing":   func(p *Page) { p.Rules = []service.Condition{{Name: "drop", Result: service.Unknown}} },
		"warned":    func(p *Page) { p.Outcome = service.Warned },
		"failed":    func(p *Page) { p.Outcome = service.Failed },
		"nothing":   func(p *Page) { p.Outcome = "" },
		"finding":   func(p *Page) { p.Findings = &Findings{Items: []service.Finding{{Severity: "low", Age: service.New}}} },
		"unplaced":  func(p *Page) { p.Findings = &Findings{Items: []service.Finding{{Severity: "low"}}} },
	} {
		q := p
		wrong(&q)
		if got := MarkdownFor(q, Flavour{HTML: true, Short: true}); strings.Count(got, "\n") < 3 || strings.Contains(got, "passed\nCoverage") {
			t.Errorf("%s: %s", name, got)
		}
	}
}

// A component of which nothing was measured is not at 100 %.
func TestComponentWithoutLines(t *testing.T) {
	c := &Coverage{Components: []Component{{Name: "gone"}, {Name: "whole", Lines: coverage.Count{Covered: 3, Coverable: 3}}}}
	md := Markdown(Page{Coverage: c}, 0)
	if !strings.Contains(md, "| gone | – |") || !strings.Contains(md, "\n1 component at 100 %.") {
		t.Error(md)
	}
}

// TestJUnitBySchema: whatever rules and services say, it is JUnit, and counted right.
func TestJUnitBySchema(t *testing.T) {
	var p Page
	for _, text := range []string{"total", "", "a \"b\" <c> & d", "\x00\x1b[31m", "two\nlines"} {
		for _, result := range []service.Outcome{service.Passed, service.Failed, service.Warned, service.Unknown} {
			p.Rules = append(p.Rules, service.Condition{Name: text, Actual: text, Wanted: text, Result: result, Why: text})
		}
	}
	p.Services = []service.Verdict{{Service: "x<y>", Conditions: p.Rules}, {}}
	for _, p := range []Page{p, {}} {
		var b bytes.Buffer
		if err := JUnit(&b, p); err != nil {
			t.Fatal(err)
		}
		if wrong := schematest.XML(&b, "testsuites", schematest.JUnit()); len(wrong) > 0 {
			t.Error(wrong)
		}
	}
}

// TestJUnitIsAsRedAsThePage: a CI shows the file where it shows no exit code, so what
// makes the run red is a failure in it, also of a service that names no condition and
// of one that has not answered.
func TestJUnitIsAsRedAsThePage(t *testing.T) {
	met := service.Condition{Name: "total coverage", Result: service.Passed}
	for _, c := range []struct {
		page     Page
		failures string
	}{
		{Page{Outcome: service.Passed, Rules: []service.Condition{met}, Services: []service.Verdict{{Service: "codacy", Outcome: service.Passed}}}, `tests="2" failures="0"`},
		{Page{Outcome: service.Failed, Rules: []service.Condition{met}, Services: []service.Verdict{{Service: "codacy", Outcome: service.Failed}}}, `tests="2" failures="1"`},
		{Page{Outcome: service.Unknown, Services: []service.Verdict{{Service: "codedig", Outcome: service.Unknown, Conditions: []service.Condition{{Name: "verdict", Result: service.Unknown}}}}}, `tests="1" failures="1"`},
		{Page{Outcome: service.Unknown, Rules: []service.Condition{met}}, `tests="2" failures="1"`},
		{Page{Outcome: service.Warned, Rules: []service.Condition{{Name: "w", Result: service.Warned}}}, `tests="1" failures="0"`},
		// A rule for the service says that it only warns.
		{Page{Outcome: service.Warned, Rules: []service.Condition{{Name: "codacy gate", Result: service.Warned}}, Services: []service.Verdict{{Service: "codacy", Outcome: service.Failed, Conditions: []service.Condition{{Name: "issues", Result: service.Failed}}}}}, `tests="2" failures="0" skipped="2"`},
	} {
		var b bytes.Buffer
		if err := JUnit(&b, c.page); err != nil || !strings.Contains(b.String(), c.failures) {
			t.Errorf("%+v: %v\n%s", c.page, err, b.String())
		}
	}
}

// TestProseIsNoCode: a change that also edits a page is as well done as without.
func TestProseIsNoCode(t *testing.T) {
	page := func(unreported ...string) Page {
		return Page{Outcome: service.Passed, Patch: &coverage.Patch{
			Files: []coverage.PatchFile{{Path: "a.go", Covered: []int{1}}}, Totals: coverage.Count{Covered: 1, Coverable: 1}, Unreported: unreported,
		}}
	}
	short := func(p Page) string { return MarkdownFor(p, Flavour{HTML: true, Short: true}) }
	if got := short(page("README.md", "docs/a.PNG")); strings.Count(got, "\n") != 2 {
		t.Errorf("prose: %s", got)
	}
	if got := short(page("README.md", "b.go")); !strings.Contains(got, "In no report: `b.go`\n") {
		t.Errorf("code: %s", got)
	}
}
