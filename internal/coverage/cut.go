package coverage

import "sort"

// LastLine returns the last line that the file knows anything of, 0 if it knows
// of none.
func (f *File) LastLine() int {
	if f.columns == nil {
		return 0
	}
	f.Settle()
	last := 0
	if n := f.columns.lines.len(); n > 0 {
		last = int(f.columns.lines.keys[n-1])
	}
	if t := f.columns.branches; t.len() > 0 {
		last = max(last, int(t.keys[t.len()-1]>>32))
	}
	if t := f.columns.counts; t.len() > 0 {
		last = max(last, int(t.keys[t.len()-1]))
	}
	return last
}

// Cut leaves out the lines after last, with their branches, and returns how
// many coverable lines those were. Columns that are shared with another file
// stay as they are there: capped copies share memory, and cutting only shortens.
// Statements stay, as their places are the format's own.
func (f *File) Cut(last int) int {
	if f.LastLine() <= last {
		return 0
	}
	c := f.columns.capped()
	before := c.lines.len()
	c.lines.cut(uint32(last))
	c.branches.cut(uint64(last)<<32 | 1<<32 - 1)
	c.counts.cut(uint32(last))
	c.missing.cut(uint64(last)<<32 | 1<<32 - 1)
	functions := map[int]int64{}
	for line, calls := range c.functions {
		if line <= last {
			functions[line] = calls
		}
	}
	c.functions, c.counted = functions, false
	f.columns = c
	return before - c.lines.len()
}

// cut drops the records of a settled table whose keys are greater than last.
func (t *table[K]) cut(last K) {
	if t == nil {
		return
	}
	n := sort.Search(len(t.keys), func(i int) bool { return t.keys[i] > last })
	t.keys, t.values = t.keys[:n:n], t.values[:n:n]
}
