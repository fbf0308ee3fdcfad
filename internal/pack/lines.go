package pack

import (
	"fmt"
	"math"

	"github.com/gatewright/gatewright/internal/diff"
)

// maxLines is how many changed lines a pack may have in all its files: a range
// costs a few bytes of a pack and all of its lines in memory.
const maxLines = 20_000_000

// ranges writes ascending lines as ranges, first and last.
func ranges(lines []int) [][2]int {
	var out [][2]int
	for _, n := range lines {
		if last := len(out) - 1; last >= 0 && out[last][1] == n-1 {
			out[last][1] = n
		} else {
			out = append(out, [2]int{n, n})
		}
	}
	return out
}

// lines reads ranges again, which must ascend, and takes their lines from left.
func lines(ranges [][2]int, left *int) ([]int, error) {
	var out []int
	before := 0
	for _, r := range ranges {
		if r[0] <= before || r[1] < r[0] || r[1] > math.MaxInt32 || r[1]-r[0] >= *left {
			return nil, fmt.Errorf("lines %d to %d after line %d", r[0], r[1], before)
		}
		*left -= r[1] - r[0] + 1
		for n := r[0]; n <= r[1]; n++ {
			out = append(out, n)
		}
		before = r[1]
	}
	return out, nil
}

// maxHunks is the most edits that are handed over, of all files.
const maxHunks = 1_000_000

// maxMoved is in how many files lines may be moved: each takes 400 bytes, however short.
const maxMoved = 100_000

// moves returns where the merge has moved lines, and how many files there is no room for.
func (p Pack) moves() (list []diff.Edits, left int) {
	all, hunks := p.Merged.Edits(), 0
	for i, e := range all {
		if hunks += len(e.Hunks); hunks > maxHunks || i == maxMoved {
			return all[:i], len(all) - i
		}
	}
	return all, 0
}

// Unmoved returns how many files keep the lines of the merge, since the pack has no
// room for where they are in the commit.
func (p Pack) Unmoved() int {
	_, left := p.moves()
	return left
}

// edits checks where a merge has moved lines: paths of a repository, hunks that ascend
// in the merge, and no more lines than a pack may have.
func edits(list []diff.Edits) error {
	if len(list) > maxMoved {
		return fmt.Errorf("the merge moves lines of %d files; at most %d are read", len(list), maxMoved)
	}
	left, hunks := maxLines, 0
	for _, e := range list {
		before := 0
		for _, h := range e.Hunks {
			if h[0] < 0 || h[1] < 0 || h[2] < before || h[3] < 0 || h[3] > 0 && h[2] < 1 || h[2] > math.MaxInt32 || h[3] > math.MaxInt32-h[2] || h[1] > left {
				return fmt.Errorf("the merge moves lines %v of %.80q", h, e.Path)
			}
			left -= h[1]
			before = h[2] + h[3]
		}
		if hunks += len(e.Hunks); hunks > maxHunks || !inside(e.Path) || e.OldPath != "" && !inside(e.OldPath) {
			return fmt.Errorf("the merge moves lines of %.80q", e.Path)
		}
	}
	return nil
}
