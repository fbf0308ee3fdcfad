package summary

import (
	"bytes"
	"fmt"
	"io/fs"
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
		"+0.3": one.change(of(80399), of(80000)), "−0.4": one.change(of(80000), of(80301)), "−0.301": digits{3}.change(of(80000), of(80301)),
		"+<0.1": one.change(of(80099), of(80000)), "−<0.01": digits{2}.change(of(80000), of(80009)),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
