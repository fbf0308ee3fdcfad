package summary

import (
	"bytes"
	"encoding/xml"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

func TestPercentNeverRoundsUp(t *testing.T) {
	for want, c := range map[string]coverage.Count{
		"99.9 %": {Covered: 99999, Coverable: 100000}, "100.0 %": {Covered: 3, Coverable: 3}, "0.0 %": {Covered: 0, Coverable: 3},
		"–": {}, "80.0 %": {Covered: 4, Coverable: 5}, "33.3 %": {Covered: 1, Coverable: 3},
	} {
		if got := one.Percent(c); got != want {
			t.Errorf("Percent(%v) = %q, want %q", c, got, want)
		}
	}
}

func TestChange(t *testing.T) {
	of := func(covered int) coverage.Count { return coverage.Count{Covered: covered, Coverable: 10000} }
	for want, c := range map[string][2]coverage.Count{
		"+0.3": {of(8030), of(8000)}, "−1.0": {of(7900), of(8000)}, "±0": {of(1), of(1)}, "+<0.1": {of(8001), of(8000)}, "−<0.1": {of(8000), of(8001)},
		"": {of(1), {}},
	} {
		if got := one.change(c[0], c[1]); got != want {
			t.Errorf("change(%v) = %q, want %q", c, got, want)
		}
	}
}

func TestRanges(t *testing.T) {
	lines := []int{1, 2, 3, 7, 9, 10}
	for max, want := range map[int]string{0: "1–3, 7, 9–10", 2: "1–3, 7 and 1 more", 9: "1–3, 7, 9–10"} {
		if got := ranges(lines, max); got != want {
			t.Errorf("Ranges(%d) = %q, want %q", max, got, want)
		}
	}
}

func TestAnnotations(t *testing.T) {
	page := Page{
		Patch: &coverage.Patch{Files: []coverage.PatchFile{
			{Path: "a.go", Covered: []int{9}, Partial: []int{9}, Uncovered: []int{1, 3, 4, 5}},
			{Path: "b.go", Uncovered: []int{7}},
		}},
		Findings: &Findings{Items: []service.Finding{
			{Rule: "low", Severity: "low", Path: "a.go", Line: 2, Message: "m"},
			{Rule: "old", Severity: "critical", Path: "a.go", Line: 2, Age: service.Old},
			{Rule: "nowhere", Severity: "high"},
			{Rule: "bad", Severity: "high", Path: "a.go", Line: 3, EndLine: 4, Message: "x\ny"},
		}},
	}
	want := []console.Annotation{
		{Level: "error", Title: "high: bad", Message: `x\ny`, File: "a.go", Line: 3, EndLine: 4},
		{Level: "notice", Title: "low: low", Message: "m", File: "a.go", Line: 2},
		{Level: "warning", Title: "Uncovered", Message: "No test ran these 3 changed lines.", File: "a.go", Line: 3, EndLine: 5},
		{Level: "warning", Title: "Uncovered", Message: "No test ran this changed line.", File: "a.go", Line: 1, EndLine: 1},
		{Level: "warning", Title: "Uncovered", Message: "No test ran this changed line.", File: "b.go", Line: 7, EndLine: 7},
		{Level: "notice", Title: "Partly covered", Message: "Not every branch of this changed line ran.", File: "a.go", Line: 9},
	}
	got, left := Annotations(page, 0)
	if diff := cmp.Diff(want, got); diff != "" || left != 0 {
		t.Errorf("%d left\n%s", left, diff)
	}
	got, left = Annotations(page, 1)
	if diff := cmp.Diff([]console.Annotation{want[0], want[1], want[2]}, got); diff != "" || left != 3 {
		t.Errorf("%d left, want 3\n%s", left, diff)
	}
}

func TestCompare(t *testing.T) {
	report := func(files map[string]int64) *coverage.Report {
		r := coverage.New()
		for path, hits := range files {
			r.File(path).Hit(1, hits)
		}
		r.Settle()
		return r
	}
	var c Coverage
	c.Compare(report(map[string]int64{"same": 1, "worse": 0, "new": 1}), report(map[string]int64{"same": 1, "worse": 1, "gone": 0}), func(f *coverage.File) coverage.Count { return f.Totals().Lines })
	one, none := coverage.Count{Covered: 1, Coverable: 1}, coverage.Count{Coverable: 1}
	want := []FileChange{{Path: "gone", Before: &none}, {Path: "new", Now: &one}, {Path: "worse", Now: &none, Before: &one}}
	if diff := cmp.Diff(want, c.Files); diff != "" || c.Before.Lines.Covered != 2 {
		t.Errorf("%+v\n%s", c.Before, diff)
	}
}

func TestHeadline(t *testing.T) {
	p := sample()
	if got, want := Headline(p), "failed: patch coverage 50.0 %, wanted at least 70 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.Rules = nil
	p.Outcome = service.Passed
	if got, want := Headline(p), "passed, coverage 84.2 %, patch 50.0 %"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if got := Headline(Page{}); got != "not judged" {
		t.Errorf("%q", got)
	}
}

func TestJUnitHoldsHostileText(t *testing.T) {
	for _, s := range hostile() {
		var b bytes.Buffer
		if err := JUnit(&b, hostilePage(s)); err != nil {
			t.Fatal(err)
		}
		var doc struct {
			Suites []struct {
				Tests int        `xml:"tests,attr"`
				Cases []struct{} `xml:"testcase"`
			} `xml:"testsuite"`
		}
		if err := xml.Unmarshal(b.Bytes(), &doc); err != nil || len(doc.Suites) != 1 || len(doc.Suites[0].Cases) != doc.Suites[0].Tests {
			t.Errorf("%.40q: %v\n%s", s, err, b.String())
		}
	}
}
