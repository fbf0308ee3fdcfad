package gcov

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestManyBranches has lines with more branches than most, between others, and
// branches that are left out.
func TestManyBranches(t *testing.T) {
	var lines []string
	want := map[int]coverage.Branches{}
	for n := 1; n <= 60; n++ {
		var branches []string
		for i := range n % 9 {
			branches = append(branches, fmt.Sprintf(`{"count":%d,"gcovr/excluded":%t}`, (i+n)%3, i == 7))
			if i != 7 {
				b := want[n]
				b.Total++
				b.Covered += min((i+n)%3, 1)
				want[n] = b
			}
		}
		lines = append(lines, fmt.Sprintf(`{"line_number":%d,"count":%d,"branches":[%s]}`, n, n%2, strings.Join(branches, ",")))
	}
	report := coveragetest.Read(t, ParseJSON, `{"files":[{"file":"a.c","lines":[`+strings.Join(lines, ",")+`]}]}`)
	f := report.File("a.c")
	for n := 1; n <= 60; n++ {
		if hits, ok := f.Line(n); !ok || hits != int64(n%2) {
			t.Errorf("line %d: %d hits, %t", n, hits, ok)
		}
		if got := f.BranchesOf(n); got != want[n] {
			t.Errorf("line %d: branches %v, want %v", n, got, want[n])
		}
	}
}

// TestSummary names gcovr's summary, in whatever order its keys are.
func TestSummary(t *testing.T) {
	for _, text := range []string{
		`{"files":[{"branch_covered":1,"filename":"a.c"}],"gcovr/summary_format_version":"0.5"}`,
		`{"gcovr/summary_format_version":"0.6","files":[{"filename":"a.c"}]}`,
	} {
		if _, err := ParseJSON(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), "gcovr --json") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
