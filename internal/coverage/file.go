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

	columns *columns // nil as long as nothing is known of the file
	largest bool     // repeated records of a line keep the largest count
	guessed bool     // which lines are code is a guess, see Guess
}

// Guess says that a file was never loaded and that its tool, which learns from the
// running program which lines and branches it has, has guessed them from the text. A
// report that had the file loaded knows better: of the two its records alone are kept.
func (f *File) Guess() { f.guessed = true }

// known returns the columns to put something into.
func (f *File) known() *columns {
	if f.columns == nil {
		f.columns = new(columns)
	}
	f.columns.counted = false
	return f.columns
}

// Hit adds hits to a line, and makes the line coverable if it was not. Lines
// count from 1; a line below 1 and the numbers that Microsoft's compilers give
// to code without a line are ignored. Sums saturate at the largest int64; a
// negative count is 0.
func (f *File) Hit(line int, hits int64) {
	if uint(line-1) >= firstHidden-1 && !isLine(line) {
		return
	}
	// Nearly every line comes after the one before, once, with a small count:
	// this is the innermost loop of every format that has no faster way.
	t := &f.known().lines
	n := len(t.keys)
	if n == cap(t.keys) || uint64(hits) >= inPlace || n > 0 && uint32(line) <= t.keys[n-1] {
		t.put(uint32(line), max(hits, 0), again(f.largest))
		return
	}
	t.keys = append(t.keys, uint32(line))
	t.values = append(t.values, uint32(hits))
}

// Microsoft's compilers number code that they made themselves 0xFEEFEE, and
// 0xF00F00 where a debugger is to step through it. Tools pass the numbers on as
// if they were lines (coverlet, dotnet-coverage, OpenCover).
const (
	firstHidden = 0xF00F00
	lastHidden  = 0xFEEFEE
)

// isLine reports whether a line of source can have that number.
func isLine(n int) bool { return uint(n-1) < math.MaxUint32 && !Hidden(n) }

// Hidden reports whether a line is one of the numbers that Microsoft's compilers
// give to code without a line.
func Hidden(n int) bool { return n == firstHidden || n == lastHidden }

// again is how records of one line merge.
func again(keepLargest bool) merging {
	if keepLargest {
		return largest
	}
	return sums
}

// Line returns a line's hits, and whether the line is coverable at all.
func (f *File) Line(line int) (hits int64, coverable bool) {
	if uint(line-1) >= math.MaxUint32 {
		return 0, false
	}
	return f.lines().at(uint32(line))
}

// lines returns the settled lines, nil if there are none.
func (f *File) lines() *table[uint32] {
	if f.columns == nil {
		return nil
	}
	f.columns.lines.settle(again(f.largest))
	return &f.columns.lines
}

// Lines returns the coverable lines in ascending order with their hits.
func (f *File) Lines() iter.Seq2[int, int64] {
	t := f.lines()
	return func(yield func(int, int64) bool) {
		for i := range t.len() {
			if !yield(int(t.keys[i]), t.count(i)) {
				return
			}
		}
	}
}

// NumLines is the number of coverable lines.
func (f *File) NumLines() int { return f.lines().len() }

// Settle puts lines, branches and statements in ascending order, once each.
// Every reading method does so for what it reads; after it, a file may be read
// by many at a time.
func (f *File) Settle() {
	if f.columns != nil {
		f.columns.settle(f.largest)
	}
}

// Totals counts the file.
func (f *File) Totals() Totals {
	if f.columns == nil {
		return Totals{Files: 1}
	}
	f.Settle()
	return f.columns.count()
}

// Count counts the lines of the file. Where partly covered lines are misses, one
// that ran counts only if all of its branches did, as Codecov has it; one that
// did not run is a miss already, whatever its branches say.
func (f *File) Count(partlyMissed bool) Count {
	c := f.Totals().Lines
	if !partlyMissed {
		return c
	}
	for line, b := range f.Branches() {
		if hits, coverable := f.Line(line); coverable && hits > 0 && b.Covered < b.Total {
			c.Covered--
		}
	}
	return c
}

// merge adds a settled file's records to this one.
func (f *File) merge(o *File) {
	f.Settle()
	if f.columns == nil || f.guessed && !o.guessed && o.NumLines() > 0 {
		f.columns, f.guessed = nil, o.guessed
	} else if o.guessed && !f.guessed && f.NumLines() > 0 {
		return
	}
	if o.columns != nil {
		f.known().join(o.columns, sums, false)
	}
}

// Statements records a block of n statements of a file, and whether it ran.
// The place is what blocks differ by: records of one place are one block, which ran
// if any of them says so.
func (f *File) Statements(place uint64, n int, ran bool) {
	v := int64(min(max(n, 0), math.MaxInt32)) << 1
	if ran {
		v |= 1
	}
	t := of(&f.known().statements)
	if n := len(t.keys); n < cap(t.keys) && v < inPlace && (n == 0 || place > t.keys[n-1]) {
		t.keys = append(t.keys, place)
		t.values = append(t.values, uint32(v))
		return
	}
	t.put(place, v, blocks)
}

// eitherRan merges two records of one block: the larger number of statements,
// which are n<<1, and whether any ran, which is the lowest bit.
func eitherRan(a, b int64) int64 { return max(a&^1, b&^1) | (a|b)&1 }

// Reset empties the file and keeps its memory, for parsers that collect
// records aside.
func (f *File) Reset() {
	if f.columns != nil {
		f.known().clear()
	}
}

// Add adds everything that is known of another file, which stays as it is.
func (f *File) Add(o *File) {
	if o.columns != nil && !o.columns.empty() {
		o.Settle()
		f.merge(o)
	}
}
