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

// TestExcluded leaves out what the source marks, as geninfo and gcovr do.
func TestExcluded(t *testing.T) {
	report, err := Parse(strings.NewReader(`        -:    0:Source:a.c
        1:    1:int f(int a, int EXCL_LINE) {
    #####:    2:  abort(); // LCOV_EXCL_LINE
branch  0 never executed
        1:    3:  if (a) b(); // GCOVR_EXCL_BR_LINE
branch  0 taken 1
branch  1 taken 0
        2:    4:  if (a) b();
branch  0 taken 2
    #####:    5:  c(); // GCOVR_EXCL_START
    #####:    6:  c();
branch  0 never executed
        3:    7:  d(); // GCOVR_EXCL_STOP
    #####:    8:  MY_EXCL_LINE();
    #####:    9:  e(); /* LCOV_EXCL_START */
        -:    0:Source:b.c
    #####:    1:}
`))
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, f := range report.Files() {
		for line, hits := range f.Lines() {
			got += fmt.Sprintf("%s:%d:%d ", f.Path, line, hits)
		}
		for line, b := range f.Branches() {
			got += fmt.Sprint("branch ", line, " ", b, " ")
		}
	}
	if want := "a.c:1:1 a.c:3:1 a.c:4:2 a.c:7:3 a.c:8:0 branch 4 {1 1} b.c:1:0 "; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}
