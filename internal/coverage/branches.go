package coverage

import (
	"iter"
	"math"
	"slices"
)

// Branches is how many of a line's branches ran, of how many there are.
type Branches struct {
	Covered int `json:"covered"`
	Total   int `json:"total"`
}

// Branch records one branch of a line by its identity, so that records of the
// same branch merge: taken counts add up, saturating. A negative count is 0, a
// line below 1 is ignored.
func (f *File) Branch(line int, id uint32, taken int64) {
	if uint(line-1) >= math.MaxUint32 {
		return
	}
	f.branches.put(uint64(line)<<32|uint64(id), max(taken, 0), add)
}

// SetBranches records the branches of a line in a format that only gives their
// number. Repeated records of one line keep the larger count of each number.
// Where a line has branches of known identity too, those decide.
func (f *File) SetBranches(line int, b Branches) {
	if uint(line-1) >= math.MaxUint32 || b.Total < 1 {
		return
	}
	total := min(b.Total, math.MaxInt32)
	covered := min(max(b.Covered, 0), total)
	f.counts.put(uint32(line), uint64(covered)<<32|uint64(total), larger)
}

// larger keeps the larger of each half.
func larger(a, b uint64) uint64 {
	return max(a>>32, b>>32)<<32 | max(a&math.MaxUint32, b&math.MaxUint32)
}

// Branches gives the lines that branch, ascending.
func (f *File) Branches() iter.Seq2[int, Branches] {
	f.branches.settle(add)
	f.counts.settle(larger)
	return func(yield func(int, Branches) bool) {
		known, counted := &f.branches, &f.counts
		for i, j := 0, 0; i < len(known.keys) || j < len(counted.keys); {
			line := uint64(math.MaxUint64)
			if i < len(known.keys) {
				line = known.keys[i] >> 32
			}
			if j < len(counted.keys) && uint64(counted.keys[j]) <= line {
				n := uint64(counted.keys[j])
				v := counted.values[j]
				j++
				if n < line {
					if !yield(int(n), Branches{int(v >> 32), int(v & math.MaxUint32)}) {
						return
					}
					continue
				}
			}
			var b Branches
			for ; i < len(known.keys) && known.keys[i]>>32 == line; i++ {
				b.Total++
				if known.values[i] > 0 {
					b.Covered++
				}
			}
			if !yield(int(line), b) {
				return
			}
		}
	}
}

// BranchesOf gives the branches of one line, zero if it has none.
func (f *File) BranchesOf(line int) Branches {
	f.branches.settle(add)
	f.counts.settle(larger)
	var b Branches
	i, _ := slices.BinarySearch(f.branches.keys, uint64(line)<<32)
	for ; i < len(f.branches.keys) && f.branches.keys[i]>>32 == uint64(line); i++ {
		b.Total++
		if f.branches.values[i] > 0 {
			b.Covered++
		}
	}
	if v, ok := f.counts.at(uint32(line)); ok && b.Total == 0 {
		b = Branches{int(v >> 32), int(v & math.MaxUint32)}
	}
	return b
}

// Taken gives the branches of known identity, ordered by line and identity:
// how often each was taken.
func (f *File) Taken() iter.Seq2[BranchID, int64] {
	f.branches.settle(add)
	return func(yield func(BranchID, int64) bool) {
		for i, k := range f.branches.keys {
			if !yield(BranchID{int(k >> 32), uint32(k)}, f.branches.values[i]) {
				return
			}
		}
	}
}

// BranchID names one branch of a file. The identity means something only
// within its line and the format it came from.
type BranchID struct {
	Line int
	ID   uint32
}
