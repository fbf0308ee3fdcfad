package formats

import (
	"slices"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// TestUnion merges runs of one test suite that were written in different formats,
// which name the branches of a line differently: line 5 has two branches in all.
func TestUnion(t *testing.T) {
	read := func(text string) Read {
		report, format, err := Parse("report", strings.NewReader(text), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return Read{Format: format, Report: report}
	}
	const tail = `"branchMap":{"0":{"type":"if","loc":{"start":{"line":5,"column":2},"end":{"line":5,"column":30}},"locations":[]}},"b":{"0":[1,0]}}}`
	istanbul := read(`{"a":{"path":"a","statementMap":{"0":{"start":{"line":5,"column":0},"end":{"line":5,"column":9}},"1":{"start":{"line":6,"column":0},"end":{"line":6,"column":9}}},"s":{"0":1,"1":1},` + tail)
	lcov := read("SF:a\nDA:5,1\nDA:8,1\nBRDA:5,0,0,0\nBRDA:5,0,1,1\nBRDA:8,0,0,1\nBRDA:8,0,1,0\nend_of_record\n")
	gcovr := read(`{"gcovr/format_version":"0.6","files":[{"file":"a","lines":[{"line_number":5,"count":1,"branches":[{"count":1},{"count":0}]}]}]}`)
	python := read(`{"meta":{"format":3},"files":{"a":{"executed_lines":[5],"missing_lines":[],"executed_branches":[[5,6]],"missing_branches":[[5,8]]}}}`)
	simplecov := read(`{"x":{"coverage":{"a":{"lines":[null,null,null,null,1],"branches":{"[:if, 0, 5, 2, 9, 5]":{"[:then, 1, 6, 2, 6, 5]":1,"[:else, 2, 8, 2, 8, 4]":0}}}},"timestamp":1}}`)
	for _, tt := range []struct {
		name  string
		reads []Read
		want  coverage.Branches // of line 5
		all   coverage.Branches
	}{
		{"Istanbul and LCOV", []Read{istanbul, lcov}, coverage.Branches{Covered: 1, Total: 2}, coverage.Branches{Covered: 2, Total: 4}},
		{"SimpleCov and LCOV", []Read{simplecov, lcov}, coverage.Branches{Covered: 1, Total: 2}, coverage.Branches{Covered: 2, Total: 4}},
		{"coverage.py and LCOV", []Read{python, lcov}, coverage.Branches{Covered: 1, Total: 2}, coverage.Branches{Covered: 2, Total: 4}},
		{"formats that number branches", []Read{gcovr, lcov}, coverage.Branches{Covered: 2, Total: 2}, coverage.Branches{Covered: 3, Total: 4}},
		{"four", []Read{istanbul, lcov, gcovr, simplecov}, coverage.Branches{Covered: 1, Total: 2}, coverage.Branches{Covered: 2, Total: 4}},
		{"one", []Read{lcov}, coverage.Branches{Covered: 1, Total: 2}, coverage.Branches{Covered: 2, Total: 4}},
	} {
		for range 2 {
			whole := Union(tt.reads)
			if got, all := whole.Lookup("a").BranchesOf(5), whole.Totals().Branches; got != tt.want || all != tt.all {
				t.Errorf("%s: %v of line 5, %v of all; want %v, %v", tt.name, got, all, tt.want, tt.all)
			}
			slices.Reverse(tt.reads) // the order is of no account
		}
	}
	taken := 0
	for range lcov.Report.Lookup("a").Taken() {
		taken++
	}
	if taken != 4 {
		t.Errorf("a report that was merged has %d of 4 named branches", taken)
	}
	if Union(nil).Len() != 0 {
		t.Error("nothing has files")
	}
}
