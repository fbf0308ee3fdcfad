package coverage

// Places are free places behind the records of a file, for parsers that have
// many records to add and nothing to say about each: they are filled from the
// front, and File.Fill makes records of them.
type Places struct {
	Lines, Hits []uint32 // lines from 1, hits below MaxPlain
	Branches    []uint64 // as BranchKey returns them
	Taken       []uint32 // below MaxPlain
}

// MaxPlain is the first count that is too large for Places.
const MaxPlain = inPlace

// BranchKey is a branch of a line, from 1, as Places have it.
func BranchKey(line, id uint32) uint64 { return uint64(line)<<32 | uint64(id) }

// Places returns at least one place for a line and, if branches are expected or
// the file has some, for a branch. They are good until something else is asked
// of the file or its report.
func (f *File) Places(p *Places, branches bool) {
	c := f.known()
	p.Lines, p.Hits = c.lines.free(1, again(f.largest))
	p.Branches, p.Taken = nil, nil
	if branches || c.branches != nil {
		p.Branches, p.Taken = of(&c.branches).free(1, sums)
	}
}

// Fill makes records of the first places. Lines and branches may come again or
// out of order, like those of Hit and Branch.
func (f *File) Fill(lines, branches int) {
	f.columns.lines.fill(lines)
	if branches > 0 {
		f.columns.branches.fill(branches)
	}
}
