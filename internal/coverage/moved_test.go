package coverage

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMoved moves the lines of one file, renames one, and leaves another and the report as they
// are.
func TestMoved(t *testing.T) {
	r := New()
	for _, name := range []string{"a", "b", "d"} {
		f := r.File(name)
		f.Hit(1, 4)
		f.Hit(3, 5)
		f.Hit(4, 0)
		f.Branch(3, 7, 1)
		f.Branch(3, 9, 0)
		f.Branch(1, 0, 1)
	}
	before := *r.Lookup("a")
	out, n := r.Moved([]string{"a", "c", "d"}, func(path string, line int) (string, int, bool) {
		if path == "d" {
			return "e", line, true
		}
		return path, max(line-2, 0), path == "a" && line != 1
	})
	if n != 2 {
		t.Errorf("%d files moved, want 2", n)
	}
	type file struct {
		Lines    map[int]int64
		Branches map[int]Branches
	}
	for name, want := range map[string]file{
		"a": {map[int]int64{1: 5, 2: 0}, map[int]Branches{1: {1, 2}}},
		"b": {map[int]int64{1: 4, 3: 5, 4: 0}, map[int]Branches{1: {1, 1}, 3: {1, 2}}},
		"e": {map[int]int64{1: 4, 3: 5, 4: 0}, map[int]Branches{1: {1, 1}, 3: {1, 2}}},
	} {
		f := out.Lookup(name)
		if diff := cmp.Diff(want, file{maps.Collect(f.Lines()), maps.Collect(f.Branches())}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if out.Len() != 3 || out.Lookup("a").Path != "a" {
		t.Errorf("%d files, want a, b and e", out.Len())
	}
	if got := maps.Collect(r.Lookup("a").Lines()); !maps.Equal(got, maps.Collect(before.Lines())) || len(got) != 3 {
		t.Errorf("the report itself has lines %v", got)
	}
}
