package gcov

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
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
			report := coveragetest.Read(t, Parse, text)
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

// TestBelowZero has counts that gcov makes of the profiles of several threads (gcovr/gcovr#847): no hit, and no error.
func TestBelowZero(t *testing.T) {
	const text = "        -:    0:Source:t.c\n       -1:    3:f();\n  -27041*:    4:g();\n    -1.2k:    5:h();\n        2:    6:i();\nbranch  0 taken -1\n"
	got := ""
	for line, hits := range coveragetest.Read(t, Parse, text).File("t.c").Lines() {
		got += fmt.Sprint(line, ":", hits, " ")
	}
	if want := "3:0 4:0 5:0 6:2 "; got != want {
		t.Errorf("lines %s, want %s", got, want)
	}
	if _, err := Parse(strings.NewReader("        -:    0:Source:t.c\n       -x:    3:f();\n")); err == nil {
		t.Error("a count of -x was read")
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
	const rest = "a.c:9: LCOV_EXCL_START without a STOP leaves out the rest of the file"
	if r := report.Remarks(); len(r) != 1 || r[0].Message != rest {
		t.Errorf("%+v, want %s", r, rest)
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

// TestExcludedByProse: of several marks in a line, as in a comment that explains them,
// the one that ends wins, as it does for geninfo.
func TestExcludedByProse(t *testing.T) {
	for source, want := range map[string]string{
		"/* LCOV_EXCL_START and LCOV_EXCL_STOP leave lines out. */": "1:1 2:0 ",
		"b(); // LCOV_EXCL_STOP LCOV_EXCL_START":                    "1:1 2:0 ",
		"b(); // GCOVR_EXCL_BR_LINE, LCOV_EXCL_LINE":                "2:0 ",
		"b(); // LCOV_EXCL_STOP, LCOV_EXCL_LINE":                    "2:0 ",
		"b(); // MY_EXCL_START LCOV_EXCL_START":                     "",
	} {
		report := coveragetest.Read(t, Parse, "        -:    0:Source:a.c\n        1:    1:"+source+"\n    #####:    2:c();\n")
		got := ""
		for line, hits := range report.File("a.c").Lines() {
			got += fmt.Sprintf("%d:%d ", line, hits)
		}
		if unclosed := len(report.Remarks()) > 0; got != want || unclosed != (want == "") {
			t.Errorf("%s: %q, want %q; a remark: %v", source, got, want, unclosed)
		}
	}
	var many strings.Builder
	for i := range 3 {
		fmt.Fprintf(&many, "        -:    0:Source:%d.c\n        1:    5:a(); // LCOV_EXCL_START\n", i)
	}
	report := coveragetest.Read(t, Parse, many.String())
	const want = "0.c:5: LCOV_EXCL_START without a STOP leaves out the rest of the file; so it is in 2 more files"
	if r := report.Remarks(); len(r) != 1 || r[0].Message != want {
		t.Errorf("%+v, want %s", r, want)
	}
}

// TestNoFile refuses lines of no file, whatever marks they hold.
func TestNoFile(t *testing.T) {
	for _, line := range []string{"a();", "a(); // LCOV_EXCL_START"} {
		if _, err := Parse(strings.NewReader("        1:    1:" + line + "\n")); err == nil || !strings.Contains(err.Error(), "before any source file") {
			t.Errorf("%s: %v", line, err)
		}
	}
}
