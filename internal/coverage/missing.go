package coverage

import "slices"

// SetMissing says beside SetBranches which of a line's branches did not run. The
// names mean the same in every record of the line that has as many branches. A
// branch then ran if there is a record that does not have it among the missing,
// so that two runs which took one way each took both.
func (f *File) SetMissing(line, branches int, names []uint32) {
	if !isLine(line) {
		return
	}
	t := of(&f.known().missing)
	t.put(records(uint64(line), branches), 1, sums)
	for _, name := range names {
		t.put(uint64(line)<<32|uint64(name|1<<31), 1, sums)
	}
}

// records is the key of how many records say which of so many branches of a line
// are missing. Names of branches have the highest bit.
func records(line uint64, branches int) uint64 {
	return line<<32 | uint64(branches)&(1<<31-1)
}

// ranSomewhere returns the branches of a line known by number, of which those
// that some record does not miss have run.
func ranSomewhere(missing *table[uint64], line uint64, b Branches) Branches {
	if missing == nil || b.Covered == b.Total {
		return b
	}
	all, ok := missing.at(records(line, b.Total))
	if !ok {
		return b
	}
	never := 0
	i, _ := slices.BinarySearch(missing.keys, line<<32|1<<31)
	for ; i < missing.len() && missing.keys[i]>>32 == line; i++ {
		if missing.count(i) >= all {
			never++
		}
	}
	b.Covered = max(b.Covered, b.Total-never)
	return b
}
