package istanbul

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// TestBranches has conditions of few and of many branches, whose line is where
// their entry says, or its loc, or the first of its locations that has one.
func TestBranches(t *testing.T) {
	const none = `{"start":{},"end":{}}`
	place := func(line int) string { return fmt.Sprintf(`{"start":{"line":%d,"column":2},"end":{"line":9}}`, line) }
	var branchMap, b []string
	want := map[int]coverage.Branches{}
	for id := range 60 {
		line := 10 + id
		entry := []string{
			fmt.Sprintf(`"%d":{"line":1,"loc":%s,"type":"if","locations":[%s,%s]}`, id, place(line), place(3), none),
			fmt.Sprintf(`"%d":{"line":%d,"type":"cond-expr","locations":[%s]}`, id, line, place(3)),
			fmt.Sprintf(`"%d":{"type":"if","locations":[%s,%s,%s]}`, id, none, place(line), place(4)),
		}
		branchMap = append(branchMap, entry[id%3])
		var counts []string
		for i := range id%10 + 1 {
			counts = append(counts, fmt.Sprint((id+i)%2))
			want[line] = coverage.Branches{Covered: want[line].Covered + (id+i)%2, Total: i + 1}
		}
		b = append(b, fmt.Sprintf(`"%d":[%s]`, id, strings.Join(counts, ",")))
	}
	report, err := Parse(strings.NewReader(fmt.Sprintf(`{"a.js":{"statementMap":{},"branchMap":{%s},"s":{},"b":{%s}}}`,
		strings.Join(branchMap, ","), strings.Join(b, ","))))
	if err != nil {
		t.Fatal(err)
	}
	f := report.File("a.js")
	for line, branches := range want {
		if got := f.BranchesOf(line); got != branches {
			t.Errorf("line %d: %v, want %v", line, got, branches)
		}
	}
}
