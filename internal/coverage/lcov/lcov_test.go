package lcov

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestCutTracefile: a tracefile that ends before end_of_record may have lost
// lines, unless LF says that the lines were all there.
func TestCutTracefile(t *testing.T) {
	for in, want := range map[string]int{
		"SF:a\nDA:1,1\nend_of_record\n":             0,
		"SF:a\nDA:1,1\n":                            1,
		"SF:a\nDA:1,1\nLF:1\nLH:1\n":                0,
		"SF:a\nDA:1,1\nend_of_record\nSF:b\n":       1,
		"SF:a\nDA:1,1\nend_of_record\n# the end\n":  0,
		"SF:a\nDA:1,1\nend_of_record\nTN:\nSF:b\n":  1,
		"SF:a\nDA:1,1\nSF:b\nDA:1,0\nend_of_record": 0,
	} {
		r := coveragetest.Read(t, Parse, in)
		if got := len(r.Remarks()); got != want {
			t.Errorf("%q: %d remarks, want %d: %v", in, got, want, r.Remarks())
		}
	}
}

// TestBranchesOfLinesThatNeverRan has branches of lines that ran and that did not, known by place and by number alone: those of a
// line that never ran were not evaluated.
func TestBranchesOfLinesThatNeverRan(t *testing.T) {
	r := coverage.New()
	f := r.File("a.c")
	for line, hits := range []int64{1: 0, 2: 3, 3: 0, 4: 2, 5: 0} {
		if line > 0 {
			f.Hit(line, hits)
		}
	}
	f.Branch(1, 0, 0)
	f.Branch(2, 0, 0)
	f.Branch(5, 0, 4) // whatever the line says, this was taken
	f.Branch(6, 0, 0) // of no line
	f.SetBranches(3, coverage.Branches{Total: 1})
	f.SetBranches(4, coverage.Branches{Total: 1})
	var out strings.Builder
	if err := Write(&out, r); err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "BRDA:") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	want := "BRDA:1,0,0,- BRDA:2,0,0,0 BRDA:5,0,0,4 BRDA:6,0,0,0 BRDA:3,0,0,- BRDA:4,0,0,0"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s, want %s", s, want)
	}
	again, err := Parse(strings.NewReader(out.String()))
	if err != nil || again.Totals().Branches != r.Totals().Branches {
		t.Errorf("%v, %v", again.Totals(), err)
	}
}

// TestArms reads the branches of Bazel's Java reports, of which two tests of one
// file each took one way.
func TestArms(t *testing.T) {
	for in, want := range map[string]string{
		"BA:6,2\nBA:6,1\nBA:9,0\nBA:9,0\nDA:6,3\nDA:9,0\nend_of_record\n":                                                           "1/2 0/2",
		"BA:6,2\nBA:6,1\nDA:6,3\nDA:9,1\nend_of_record\nSF:a.java\nBA:6,1\nBA:6,2\nBA:9,2\nBA:9,2\nDA:6,3\nDA:9,1\nend_of_record\n": "2/2 2/2",
		"BA:6,4\nBA:9,2\nDA:6,3\nend_of_record\n":                                                                                   "0/0 1/1 1 records of kinds that LCOV does not describe were stepped over: BA",
		"BA:6,x\n": "line 2: BA:6,x where BA:<line>,<0, 1 or 2> was expected",
		"BA:6\n":   "line 2: BA:6 where BA:<line>,<0, 1 or 2> was expected",
	} {
		r, err := Parse(strings.NewReader("SF:a.java\n" + in))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			for _, line := range []int{6, 9} {
				b := r.File("a.java").BranchesOf(line)
				got += fmt.Sprintf(" %d/%d", b.Covered, b.Total)
			}
			for _, remark := range r.Remarks() {
				got += " " + remark.Message
			}
		}
		if strings.TrimSpace(got) != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
