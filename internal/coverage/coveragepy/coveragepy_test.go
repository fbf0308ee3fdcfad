package coveragepy

import (
	"fmt"
	"strings"
	"testing"
)

// TestSummaryAlone refuses a file whose statements are counted and not named.
func TestSummaryAlone(t *testing.T) {
	for text, want := range map[string]string{
		`{"files":{"a.py":{"summary":{"covered_lines":2,"num_statements":3}}}}`:                                          "a.py has a summary and no lines",
		`{"files":{"a.py":{"summary":{"covered_lines":0,"num_statements":0}}}}`:                                          "",
		`{"files":{"a.py":{"executed_lines":[],"missing_lines":[],"summary":{"covered_lines":0,"num_statements":0}}}}`:   "",
		`{"files":{"a.py":{"missing_lines":[2],"summary":{"covered_lines":0,"num_statements":1},"executed_lines":[]}}}`:  "",
		`{"files":{"a.py":{"functions":{"f":{"executed_lines":[1]}},"summary":{"covered_lines":1,"num_statements":1}}}}`: "a.py has a summary and no lines",
	} {
		_, err := Parse(strings.NewReader(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestExcluded leaves out lines that ran and that the configuration excludes, as
// "pragma: no cover" does, which coverage.py 6.5 and 7 name among those that ran.
// It wrote the first one.
func TestExcluded(t *testing.T) {
	for text, want := range map[string]string{
		`"executed_lines":[1,2,3,5,9,10,11,15,16,17,20],"summary":{"covered_lines":6,"num_statements":7,"excluded_lines":7},"missing_lines":[12],"excluded_lines":[5,6,15,16,17,20,21]`: "[1 2 3 9 10 11 -12]",
		`"excluded_lines":[5,6],"missing_lines":[],"summary":{"num_statements":1,"covered_lines":1},"executed_lines":[5,1]`:                                                             "[1]",
		// With a docstring in the first line, and one of a class.
		`"executed_lines":[1,3,5],"summary":{"covered_lines":1,"num_statements":1},"missing_lines":[],"excluded_lines":[3]`:   "[5]",
		`"executed_lines":[1,3,5,7],"summary":{"covered_lines":1,"num_statements":1},"missing_lines":[],"excluded_lines":[3]`: "[5 7]",
		`"executed_lines":[2,1],"summary":{"covered_lines":1,"num_statements":1},"missing_lines":[],"excluded_lines":[]`:      "[2]",
		`"executed_lines":[3],"missing_lines":[4],"excluded_lines":[3]`:                                                       "[-4]",
		`"executed_lines":[3],"missing_lines":[],"excluded_lines":[3],"summary":{"covered_lines":0,"num_statements":0}`:       "[]",
	} {
		report, err := Parse(strings.NewReader(`{"files":{"a.py":{` + text + `}}}`))
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := []int{}
		for line, hits := range report.File("a.py").Lines() {
			if hits == 0 {
				line = -line
			}
			got = append(got, line)
		}
		if fmt.Sprint(got) != want {
			t.Errorf("%s: %v, want %s", text, got, want)
		}
	}
}

// TestSelf leaves out arcs from a line to itself, which are no branches. Version
// 6.5 wrote these of argparse.py, of which its XML has two branches a line.
func TestSelf(t *testing.T) {
	report, err := Parse(strings.NewReader(`{"files":{"a.py":{"executed_lines":[293,589],"missing_lines":[],"excluded_lines":[],
"executed_branches":[[293,-293],[293,-292],[293,293],[293,293],[589,589],[589,590]],"missing_branches":[[589,-589]]}}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for line, b := range report.File("a.py").Branches() {
		got += fmt.Sprint(line, b)
	}
	if want := "293 {2 2}589 {1 2}"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
