package lcov

import (
	"strings"
	"testing"
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
		r, err := Parse(strings.NewReader(in))
		if err != nil {
			t.Fatalf("%q: %v", in, err)
		}
		if got := len(r.Remarks()); got != want {
			t.Errorf("%q: %d remarks, want %d: %v", in, got, want, r.Remarks())
		}
	}
}
