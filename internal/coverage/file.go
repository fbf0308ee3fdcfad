package coverage

import (
	"iter"
	"math"
)

// File is one source file's coverage: which lines can be covered, and how
// often each ran.
type File struct {
	// Path is the report's own spelling, backslashes and all, until the matcher
	// has replaced it by the slash-separated path in the repository.
	Path string

	largest    bool // repeated records of a line keep the largest count
	lines      table[uint32, int64]
	branches   table[uint64, int64]  // line and identity → how often it was taken
	counts     table[uint32, uint64] // line → branches known by number only: covered, total
	statements table[uint64, uint32] // place of a block → its statements, covered or not
	functions  map[int]int64         // line of a declaration → calls; only where a reader was asked for them
}

// Hit adds hits to a line, and makes the line coverable if it was not. Lines
// count from 1; a line below 1 is ignored. Sums saturate at the largest int64;
// a negative count is 0.
func (f *File) Hit(line int, hits int64) {
	if uint(line-1) >= math.MaxUint32 {
		return
	}
	hits = max(hits, 0)
	t := &f.lines
	if n := len(t.keys); n == 0 || uint32(line) > t.keys[n-1] {
		if n == 0 || !t.dirty || n < cap(t.keys) {
			t.keys = append(t.keys, uint32(line))
			t.values = append(t.values, hits)
			return
		}
	}
	f.hitAgain(line, hits)
}

// hitAgain is Hit for lines that come again or out of order.
func (f *File) hitAgain(line int, hits int64) {
	if f.lines.dirty && len(f.lines.keys) == cap(f.lines.keys) {
		f.settleLines()
		f.lines.grow()
	}
	f.lines.put(uint32(line), hits, f.again())
}

// again merges two records of one line.
func (f *File) again() func(a, b int64) int64 {
	if f.largest {
		return larger64
	}
	return add
}

func larger64(a, b int64) int64 { return max(a, b) }

// Line gives a line's hits, and whether the line is coverable at all.
func (f *File) Line(line int) (hits int64, coverable bool) {
	f.settleLines()
	if uint(line-1) >= math.MaxUint32 {
		return 0, false
	}
	return f.lines.at(uint32(line))
}

// Lines gives the coverable lines in ascending order with their hits.
func (f *File) Lines() iter.Seq2[int, int64] {
	f.settleLines()
	return func(yield func(int, int64) bool) {
		for i, n := range f.lines.keys {
			if !yield(int(n), f.lines.values[i]) {
				return
			}
		}
	}
}

// NumLines is the number of coverable lines.
func (f *File) NumLines() int {
	f.settleLines()
	return len(f.lines.keys)
}

// Settle puts lines, branches and statements in ascending order, once each.
// Every reading method does so for what it reads; after it, a file may be read
// by many at a time.
func (f *File) Settle() {
	f.settleLines()
	f.branches.settle(add)
	f.counts.settle(larger)
	f.statements.settle(eitherRan)
}

func (f *File) trim() {
	f.lines.trim()
	f.branches.trim()
	f.counts.trim()
	f.statements.trim()
}

// settleLines is settle for lines, which are dense: where the largest is not
// far above their number, they are counted into place instead of sorted.
func (f *File) settleLines() {
	t := &f.lines
	if !t.dirty {
		return
	}
	var last uint32
	for _, k := range t.keys {
		last = max(last, k)
	}
	if uint64(last) > 8*uint64(len(t.keys)) {
		t.settle(f.again())
		return
	}
	t.dirty = false
	again := f.again()
	sums := make([]int64, last+1)
	for i := range sums {
		sums[i] = -1
	}
	for i, k := range t.keys {
		sums[k] = again(max(sums[k], 0), t.values[i])
	}
	t.keys, t.values = t.keys[:0], t.values[:0]
	for k, sum := range sums {
		if sum >= 0 {
			t.keys = append(t.keys, uint32(k))
			t.values = append(t.values, sum)
		}
	}
}

// Totals counts the file.
func (f *File) Totals() Totals {
	f.Settle()
	t := Totals{Files: 1, Lines: Count{Coverable: len(f.lines.keys)}}
	for _, hits := range f.lines.values {
		t.Lines.Covered += int(uint64(-hits) >> 63) // 1 if above 0, without a branch to mispredict
	}
	for _, b := range f.Branches() {
		t.Branches.Covered += b.Covered
		t.Branches.Total += b.Total
	}
	for _, n := range f.statements.values {
		t.Statements.Coverable += int(n >> 1)
		if n&1 != 0 {
			t.Statements.Covered += int(n >> 1)
		}
	}
	return t
}

// merge adds a settled file's records to this one.
func (f *File) merge(o *File) {
	f.Settle()
	f.lines.add(&o.lines, add)
	f.branches.add(&o.branches, add)
	f.counts.add(&o.counts, larger)
	f.statements.add(&o.statements, eitherRan)
	f.mergeFunctions(o)
}

// Statements records a block of n statements of a file, and whether it ran.
// The place tells blocks apart: records of one place are one block, which ran
// if any of them says so.
func (f *File) Statements(place uint64, n int, ran bool) {
	v := uint32(min(max(n, 0), math.MaxInt32)) << 1
	if ran {
		v |= 1
	}
	f.statements.put(place, v, eitherRan)
}

func eitherRan(a, b uint32) uint32 { return max(a&^1, b&^1) | (a|b)&1 }

// Reset empties the file's lines and keeps their memory, for parsers that
// collect lines aside.
func (f *File) Reset() { f.lines.clear() }

// Larger adds to f, line by line, the larger count of two other files.
func Larger(f, a, b *File) {
	a.settleLines()
	b.settleLines()
	x, y := &a.lines, &b.lines
	for i, j := 0, 0; i < len(x.keys) || j < len(y.keys); {
		switch {
		case j == len(y.keys) || i < len(x.keys) && x.keys[i] < y.keys[j]:
			f.Hit(int(x.keys[i]), x.values[i])
			i++
		case i == len(x.keys) || y.keys[j] < x.keys[i]:
			f.Hit(int(y.keys[j]), y.values[j])
			j++
		default:
			f.Hit(int(x.keys[i]), max(x.values[i], y.values[j]))
			i++
			j++
		}
	}
}
