package gcov

import (
	"fmt"
	"strings"
	"testing"
)

// TestAfterInstances reads the branches in the instances of a template, and what
// follows them, with and without the summaries of functions that gcov -b writes before each.
func TestAfterInstances(t *testing.T) {
	const instances = `        -:    0:Source:t.hpp
       1*:    2:template <class T> T mx(T a, T b) { return a > b ? a : b; }
------------------
_Z2mxIdET_S0_S0_:
function _Z2mxIdET_S0_S0_ called 0 returned 0%% blocks executed 0%%
    #####:    2:template <class T> T mx(T a, T b) { return a > b ? a : b; }
branch  0 never executed
branch  1 never executed
------------------
int mx<int>(int, int):
%s        1:    2:template <class T> T mx(T a, T b) { return a > b ? a : b; }
branch  0 taken 0 (fallthrough)
branch  1 taken 1
------------------
%s        1:    6:inline int twice(int x) { return x
    #####:    7:  * 2; }
branch  0 taken 1
`
	for _, summary := range []string{"", "function _Z5twicei called 1 returned 100% blocks executed 100%\n"} {
		for _, end := range []string{"\n", "\r\n"} {
			text := strings.ReplaceAll(fmt.Sprintf(instances, summary, summary), "\n", end)
			report, err := Parse(strings.NewReader(text))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for line, hits := range report.File("t.hpp").Lines() {
				got += fmt.Sprint(line, ":", hits, " ")
			}
			if want := "2:1 6:1 7:0 "; got != want {
				t.Errorf("%q: lines %s, want %s", summary+end, got, want)
			}
			if b := report.Totals().Branches; b.Covered != 2 || b.Total != 3 {
				t.Errorf("%q: branches %v, want 2 of 3", summary+end, b)
			}
		}
	}
}
