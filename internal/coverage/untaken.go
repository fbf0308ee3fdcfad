package coverage

import (
	"iter"
	"slices"
)

// Untaken returns the lines some of whose branches never ran, ascending, each
// with the places of those branches in the line's order, counted from 1. The
// places are nil where the report has only the numbers of branches, or names
// them by something that has no order.
func (f *File) Untaken() iter.Seq2[int, []int] {
	known, _, _ := f.branchTables()
	return func(yield func(int, []int) bool) {
		i := 0
		for line, b := range f.Branches() {
			var ids []uint32
			taken := map[uint32]bool{}
			for ; i < known.len() && known.keys[i]>>32 <= uint64(line); i++ {
				id := uint32(known.keys[i])
				ids, taken[id] = append(ids, id), known.values[i] > 0
			}
			if b.Covered == b.Total {
				continue
			}
			var places []int
			if inOrder(ids) {
				for n, id := range ids {
					if !taken[id] {
						places = append(places, n+1)
					}
				}
			}
			if !yield(line, places) {
				return
			}
		}
	}
}

// Step is the distance of the identities of one condition's branches in formats
// that name a condition by its place. It is odd, and a prime near 2³²·0.76: the
// branches of two conditions of a line hardly ever meet, however many they are.
const Step = 3266489917

// HashBasis is the hash of nothing as FNV-1a has it.
const HashBasis = 2166136261

// Hash adds a text to a hash (FNV-1a), for branches that differ by texts.
func Hash(h uint32, text []byte) uint32 {
	for _, c := range text {
		h = (h ^ uint32(c)) * 16777619
	}
	return h
}

// inOrder puts the identities of a line's branches into the order of the source
// and reports whether that is known: they count up, by one or, of a single
// condition, by Step.
func inOrder(ids []uint32) bool {
	first := slices.IndexFunc(ids, func(id uint32) bool { return !slices.Contains(ids, id-Step) })
	if len(ids) > 1 && first >= 0 {
		chain := make([]uint32, len(ids))
		for i := range chain {
			chain[i] = ids[first] + uint32(i)*Step
		}
		if !slices.ContainsFunc(chain, func(id uint32) bool { return !slices.Contains(ids, id) }) {
			copy(ids, chain)
			return true
		}
	}
	for i, id := range ids {
		numbered := id&0xffff == 0 && id < 1<<31 // the first of a block
		after := i > 0 && ids[i-1]+1 == id
		before := i+1 < len(ids) && id+1 == ids[i+1]
		if !numbered && !after && !before {
			return false
		}
	}
	return len(ids) > 0
}
