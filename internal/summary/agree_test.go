package summary

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// share is any share in a text.
var share = regexp.MustCompile(`\d+(\.\d+)? %`)

// TestNumbersOfAPageAgree: a share is the same number in the condition that is
// about it, in the heading, in the headline and in the HTML report, with one
// decimal or with as many as the threshold has, and none contradicts the verdict.
func TestNumbersOfAPageAgree(t *testing.T) {
	for _, tt := range []struct {
		lines          coverage.Count
		wanted, actual string
		digits         coverage.Digits
		result         service.Outcome
	}{
		{coverage.Count{Covered: 2, Coverable: 3}, "at least 70 %", "66.6 %", 0, service.Failed},
		{coverage.Count{Covered: 79999, Coverable: 100000}, "at least 80 %", "79.9 %", 1, service.Failed},
		{coverage.Count{Covered: 7996, Coverable: 10000}, "at least 79.95 %", "79.96 %", 2, service.Passed},
		{coverage.Count{Covered: 79957, Coverable: 100000}, "at least 79.955 %", "79.957 %", 3, service.Passed},
	} {
		p := Page{
			Outcome:  tt.result,
			Digits:   tt.digits,
			Rules:    []service.Condition{{Name: "total coverage", Actual: tt.actual, Wanted: tt.wanted, Result: tt.result}, {Name: "others", Actual: "100 %", Wanted: "at least 50 %", Result: service.Passed}},
			Coverage: &Coverage{Totals: coverage.Totals{Lines: tt.lines, Files: 1}},
		}
		if got := p.Percent(tt.lines); got != tt.actual {
			t.Errorf("%s, want %s", got, tt.actual)
		}
		var terminal bytes.Buffer
		if err := Terminal(&terminal, p, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		// In the HTML report no number stands beside the condition's but the file's.
		r := coverage.New()
		for line := range tt.lines.Coverable {
			r.File("src/a.go").Hit(line+1, map[bool]int64{true: 1}[line < tt.lines.Covered])
		}
		out := pages(t, HTML{Page: p, Report: r, Source: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
		digits := fmt.Sprintf(`"digits":%d`, len(tt.actual)-len(" %")-1-strings.IndexByte(tt.actual, '.'))
		if index := out["index.html"]; strings.Count(index, tt.actual) < 3 || !strings.Contains(index, digits) {
			t.Errorf("index.html: %d times %s; %s is there: %v", strings.Count(index, tt.actual), tt.actual, digits, strings.Contains(index, digits))
		}
		for place, text := range map[string]string{"terminal": terminal.String(), "Markdown": Markdown(p, 0), "headline": Headline(p)} {
			others := strings.ReplaceAll(strings.ReplaceAll(text, tt.wanted, ""), "100", "")
			for _, n := range share.FindAllString(others, -1) {
				if n != tt.actual && strings.Trim(n, "0. %") != "" && n != "50 %" {
					t.Errorf("%s: %s beside %s:\n%s", place, n, tt.actual, text)
				}
			}
			if !strings.Contains(text, tt.actual) {
				t.Errorf("%s: no %s:\n%s", place, tt.actual, text)
			}
		}
	}
}

// TestChangeLooksNoBetter: a gain is rounded down and a loss up, as the rule
// over the drop does it.
func TestChangeLooksNoBetter(t *testing.T) {
	of := func(covered int) coverage.Count { return coverage.Count{Covered: covered, Coverable: 100000} }
	for want, got := range map[string]string{
		"+0.3": one.change(of(80399), of(80000)), "−0.4": one.change(of(80000), of(80301)), "−0.301": digits{Digits: 3}.change(of(80000), of(80301)),
		"+<0.1": one.change(of(80099), of(80000)), "−<0.01": digits{Digits: 2}.change(of(80000), of(80009)),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestPartlyMissed: where partly covered lines are misses, they are in every row, not
// in the totals alone.
func TestPartlyMissed(t *testing.T) {
	r := coverage.New()
	for _, name := range []string{"src/a.c", "src/b.c"} {
		f := r.File(name)
		f.Hit(1, 3)
		f.Hit(2, 3)
		f.SetBranches(2, coverage.Branches{Covered: 1, Total: 2})
	}
	r.Settle()
	patch := r.Patch(maps.All(map[string][]int{"src/a.c": {1, 2}, "src/b.c": {2}}))
	totals := r.Totals()
	for _, missed := range []bool{false, true} {
		whole, each, changed, ran, data := "4 of 4", "100.0 %", "100.0 %", "ran", `["src/a.c",2,2,1,2,2,2]`
		if missed {
			totals.Lines.Covered, patch.Totals.Covered = 2, 1
			whole, each, changed, ran, data = "2 of 4", "50.0 %", "0.0 %", "ran with all branches", `["src/a.c",1,2,1,2,1,2]`
		}
		p := Page{PartlyMissed: missed, Coverage: &Coverage{Totals: totals}, Patch: &patch}
		var terminal strings.Builder
		if err := Terminal(&terminal, p, TerminalOptions{}); err != nil {
			t.Fatal(err)
		}
		out := pages(t, HTML{Page: p, Report: r, History: History{Touched: map[string]int{"src/a.c": 7, "src/b.c": 1}}, Source: func(string) ([]byte, error) { return nil, fs.ErrNotExist }})
		index, source := out["index.html"], out["files/0.html"]
		for _, tt := range []struct{ place, text, want string }{
			{"terminal", terminal.String(), whole + " lines in 2 files"},
			{"terminal", terminal.String(), "src/b.c  " + changed},
			{"Markdown", Markdown(p, 0), "| " + changed + " |"},
			{"HTML", index, "<li>Lines <b>" + each + "</b>"},
			{"Markdown", Markdown(p, 0), "3 changed lines " + ran + "\n"},
			{"HTML's rows", index, `">` + each + "</td>"},
			{"HTML's data", index, data},
			{"source", source, "<b>" + each + "</b>"},
			{"source", source, " of 2 " + ran + "<"},
			{"source", source, "2 ran<"},
			{"title", source, "a.c: " + each + "</title>"},
		} {
			if !strings.Contains(tt.text, tt.want) {
				t.Errorf("%s, missed %v: no %q in\n%.3000s", tt.place, missed, tt.want, tt.text)
			}
		}
		if hot := strings.Contains(index, "<td>7</td></tr>"); hot != missed {
			t.Errorf("missed %v, but a.c is a hotspot: %v", missed, hot)
		}
	}
}
