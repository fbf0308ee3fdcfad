package coverage

import "slices"

// SetMissing says beside SetBranches which of a line's branches did not run. The
// names mean the same in every record of the line that has as many branches and
// the same group. A branch then ran if there is such a record that does not have
// it among the missing, so that two runs which took one way each took both. It
// sorts names.
func (f *File) SetMissing(line, branches int, group uint32, names []uint32) {
	if !isLine(line) || branches > MostNamed {
		return
	}
	slices.Sort(names)
	if len(slices.Compact(names)) < len(names) {
		return // two branches of one name: one record would count as two
	}
	t := of(&f.known().missing)
	t.put(uint64(line)<<32|uint64(group<<12&(1<<31-1)|uint32(branches)), 1, sums)
	for _, name := range names {
		t.put(uint64(line)<<32|uint64(1<<31|name), 1, sums)
	}
}

// MostNamed is the largest number of branches that a line with names can have.
const MostNamed = 1<<12 - 1

// ranSomewhere returns the branches of a line known by number, of which those
// that some record does not miss have run. Keys of the line are first how many
// records there are of each group, with the number of branches in the lowest 12
// bits, and then the names, which have the highest bit. A name of another group
// can only make the number too small.
func ranSomewhere(missing *table[uint64], line uint64, b Branches) Branches {
	if missing == nil || b.Covered == b.Total {
		return b
	}
	first, _ := slices.BinarySearch(missing.keys, line<<32)
	names, _ := slices.BinarySearch(missing.keys, line<<32|1<<31)
	for i := first; i < names; i++ {
		if int(missing.keys[i]&MostNamed) != b.Total {
			continue
		}
		never := 0
		for k := names; k < missing.len() && missing.keys[k]>>32 == line; k++ {
			if missing.count(k) >= missing.count(i) {
				never++
			}
		}
		b.Covered = max(b.Covered, b.Total-never)
	}
	return b
}
