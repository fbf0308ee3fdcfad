package coverage

// merging is how two records of one key become one.
type merging int

const (
	sums         merging = iota // counts add up
	largest                     // the largest count stays
	branchCounts                // the larger of both numbers, see Branches.packed
	blocks                      // statements that ran in either
)

// of merges two counts. A switch and no function value: it is called for every
// record that repeats, and can be inlined.
func (m merging) of(a, b int64) int64 {
	switch m {
	case sums:
		return add(a, b)
	case largest:
		return max(a, b)
	case branchCounts:
		return largerBranches(a, b)
	default:
		return eitherRan(a, b)
	}
}
