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
// line below 1 is ignored. The identity has to be the same in every run of the
// tests: a number that a tool counts anew would make two branches of one.
func (f *File) Branch(line int, id uint32, taken int64) {
	if !isLine(line) {
		return
	}
	of(&f.known().branches).put(uint64(line)<<32|uint64(id), max(taken, 0), sums)
}

// SetBranches records the branches of a line in a format that only has their
// number. Repeated records of one line keep the larger count of each number:
// which branches ran is not known, so that a sum could count one twice. Where a
// line has branches of known identity too, those decide.
func (f *File) SetBranches(line int, b Branches) {
	if !isLine(line) || b.Total < 1 {
		return
	}
	b.Total = min(b.Total, math.MaxInt32)
	b.Covered = min(max(b.Covered, 0), b.Total)
	of(&f.known().counts).put(uint32(line), b.packed(), branchCounts)
}

// packed is the two numbers in one, which is below inPlace unless there are very
// many branches.
func (b Branches) packed() int64 {
	if b.Total < 1<<15 {
		return int64(b.Covered)<<15 | int64(b.Total)
	}
	return 1<<62 | int64(b.Covered)<<31 | int64(b.Total)
}

// unpacked undoes packed. Bit 62 is what differs between the two forms; bit 63 stays free, as
// counts are never negative.
func unpacked(n int64) Branches {
	if n>>62 == 0 {
		return Branches{int(n >> 15), int(n & (1<<15 - 1))}
	}
	return Branches{int(n >> 31 & math.MaxInt32), int(n & math.MaxInt32)}
}

// largerBranches keeps the larger of each number.
func largerBranches(a, b int64) int64 {
	x, y := unpacked(a), unpacked(b)
	return Branches{max(x.Covered, y.Covered), max(x.Total, y.Total)}.packed()
}

// branchTables returns the settled tables, which may be nil.
func (f *File) branchTables() (known *table[uint64], counted *table[uint32], missing *table[uint64]) {
	if f.columns == nil {
		return nil, nil, nil
	}
	f.columns.branches.settle(sums)
	f.columns.counts.settle(branchCounts)
	f.columns.missing.settle(sums)
	return f.columns.branches, f.columns.counts, f.columns.missing
}

// Branches returns the lines that branch, ascending.
func (f *File) Branches() iter.Seq2[int, Branches] { return byLine(f.branchTables()) }

// byLine joins the branches of known identity, counted, with those that are
// known by number only. Both tables ascend, so that one walk of the two suffices.
// On a line that both have, identities decide: merged reports of two formats
// would otherwise count the branches of a line twice.
func byLine(known *table[uint64], counted *table[uint32], missing *table[uint64]) iter.Seq2[int, Branches] {
	return func(yield func(int, Branches) bool) {
		for i, j := 0, 0; i < known.len() || j < counted.len(); {
			line := uint64(math.MaxUint64)
			if i < known.len() {
				line = known.keys[i] >> 32
			}
			if j < counted.len() && uint64(counted.keys[j]) <= line {
				n := uint64(counted.keys[j])
				b := unpacked(counted.count(j))
				j++
				if n < line {
					b = ranSomewhere(missing, n, b)
					if !yield(int(n), b) {
						return
					}
					continue
				}
			}
			if !yield(int(line), branchesAt(known, &i, line)) {
				return
			}
		}
	}
}

// branchesAt counts the branches of a line, which begin at i, and steps over
// them.
func branchesAt(known *table[uint64], i *int, line uint64) (b Branches) {
	for ; *i < known.len() && known.keys[*i]>>32 == line; *i++ {
		b.Total++
		if known.values[*i] > 0 {
			b.Covered++
		}
	}
	return b
}

// Marked returns the lines that are coverable or branch, ascending, each with its
// hits and branches. A line that branches and is not coverable, of which some
// LCOV has BRDA records alone, has the hits of the branch that was taken.
func (f *File) Marked() iter.Seq2[int, Marked] {
	t := f.lines()
	return func(yield func(int, Marked) bool) {
		i := 0
		plain := func(until int) bool { // lines that do not branch
			for ; i < t.len() && int(t.keys[i]) < until; i++ {
				if !yield(int(t.keys[i]), Marked{Hits: t.count(i)}) {
					return false
				}
			}
			return true
		}
		for n, b := range f.Branches() {
			if !plain(n) {
				return
			}
			m := Marked{Hits: int64(min(b.Covered, 1)), Branches: b}
			if i < t.len() && int(t.keys[i]) == n {
				m.Hits = t.count(i)
				i++
			}
			if !yield(n, m) {
				return
			}
		}
		plain(math.MaxInt)
	}
}

// Marked is what is known of a line.
type Marked struct {
	Hits     int64
	Branches Branches
}

// BranchesOf returns the branches of one line, zero if it has none.
func (f *File) BranchesOf(line int) Branches {
	known, counted, missing := f.branchTables()
	if known != nil {
		i, _ := slices.BinarySearch(known.keys, uint64(line)<<32)
		if b := branchesAt(known, &i, uint64(line)); b.Total > 0 {
			return b
		}
	}
	if n, ok := counted.at(uint32(line)); ok {
		return ranSomewhere(missing, uint64(line), unpacked(n))
	}
	return Branches{}
}

// Taken returns the branches of known identity, ordered by line and identity:
// how often each was taken.
func (f *File) Taken() iter.Seq2[BranchID, int64] {
	t, _, _ := f.branchTables()
	return func(yield func(BranchID, int64) bool) {
		for i := range t.len() {
			if !yield(BranchID{int(t.keys[i] >> 32), uint32(t.keys[i])}, t.count(i)) {
				return
			}
		}
	}
}

// Numbered returns the report with branches known by number alone in those of the
// files with named branches for which of holds. It shares what does not change.
func (r *Report) Numbered(of func(*File) bool) *Report {
	var out *Report
	for _, f := range r.Files() {
		if known, _, _ := f.branchTables(); known.len() == 0 || !of(f) {
			continue
		}
		if out == nil {
			out = r.copied(func(*File) bool { return true })
		}
		out.Lookup(f.Path).forgetNames()
	}
	if out == nil {
		return r
	}
	return out
}

// copied returns a report with those of its files, whose columns are shared.
func (r *Report) copied(of func(*File) bool) *Report {
	out := r.WithoutFiles()
	for _, f := range r.Files() {
		if of(f) {
			out.Adopt(f, f.Path)
		}
	}
	return out
}

// forgetNames keeps the numbers of the branches of each line alone.
func (f *File) forgetNames() {
	t := new(table[uint32])
	for line, b := range f.Branches() {
		t.put(uint32(line), b.packed(), branchCounts)
	}
	c := f.known()
	c.branches, c.counts, c.missing = nil, t, nil
}

// BranchID names one branch of a file. The identity means something only
// within its line and the format it came from.
type BranchID struct {
	Line int
	ID   uint32
}
