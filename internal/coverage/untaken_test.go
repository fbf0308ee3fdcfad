package coverage

import (
	"slices"
	"testing"
)

func TestUntaken(t *testing.T) {
	f := New().File("a.js")
	f.Branch(1, 0, 3) // as LCOV numbers them: block 0, branches 0 and 1
	f.Branch(1, 1, 0)
	f.Branch(2, 1<<16, 0) // two blocks
	f.Branch(2, 1<<16|1, 1)
	f.Branch(2, 2<<16, 0)
	place := uint32(4000000000) // as Istanbul's are named: the place of the condition, and an index
	f.Branch(3, place, 1)
	f.Branch(3, place+Step, 0)
	step := uint32(Step)
	f.Branch(3, place+2*step, 0)
	f.Branch(4, 77, 0) // by something without order
	f.Branch(4, 1234567, 1)
	f.SetBranches(5, Branches{Covered: 1, Total: 2})
	f.Branch(6, 0, 1)
	f.Branch(6, 1, 1)
	want := map[int][]int{1: {2}, 2: {1, 3}, 3: {2, 3}, 4: nil, 5: nil}
	for line, places := range f.Untaken() {
		w, ok := want[line]
		if !ok || !slices.Equal(places, w) {
			t.Errorf("line %d: %v, want %v", line, places, w)
		}
		delete(want, line)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}
