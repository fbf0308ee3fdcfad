package coverage

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPatch(t *testing.T) {
	r := New()
	a := r.File("a.go")
	a.Hit(1, 1)
	a.Hit(2, 0)
	a.Hit(3, 4)
	a.SetBranches(3, Branches{Covered: 1, Total: 2})
	r.File("same.go").Hit(1, 1)
	changed := func(yield func(string, []int) bool) {
		_ = yield("z.txt", []int{1}) && yield("a.go", []int{1, 2, 3, 4}) && yield("moved.go", nil)
	}
	want := Patch{
		Files:      []PatchFile{{Path: "a.go", Covered: []int{1, 3}, Uncovered: []int{2}, Partial: []int{3}, NotCoverable: []int{4}}},
		Unreported: []string{"z.txt"},
		Totals:     Count{Covered: 2, Coverable: 3},
	}
	if diff := cmp.Diff(want, r.Patch(changed)); diff != "" {
		t.Error(diff)
	}
}
