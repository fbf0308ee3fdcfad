package match

import (
	"fmt"
	"reflect"
	"testing"
)

// TestSameEveryTime matches the same paths with trees whose hashes are seeded
// differently, as those of two runs are: what is said of a path must not depend
// on which files of other names are in its bucket.
func TestSameEveryTime(t *testing.T) {
	var files []string
	for i := range 40 {
		// Up to 16 namesakes are looked through, and as many may propose a beginning.
		for n := range 13 + i%5 {
			files = append(files, fmt.Sprintf("m%d/d%d/f%d.py", i%3, (n*7+i)%23, i))
		}
	}
	var paths []string
	for i := range 40 {
		paths = append(paths, fmt.Sprintf("/app/x%d/f%d.py", i, i), fmt.Sprintf("/srv/d%d/f%d.py", i%23, i))
	}
	want := NewTree(files).Paths(paths, Options{})
	for range 20 {
		for i, m := range NewTree(files).Paths(paths, Options{}) {
			if w := want[i]; m.Path != w.Path || m.How != w.How || m.Reason() != w.Reason() || m.Flag() != w.Flag() || !reflect.DeepEqual(m.Others(), w.Others()) {
				t.Fatalf("%s: %s, %q; then %s, %q", m.Report, w.Reason(), w.Flag(), m.Reason(), m.Flag())
			}
		}
	}
}
