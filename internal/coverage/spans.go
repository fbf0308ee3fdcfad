package coverage

import (
	"fmt"
	"math"
)

// Spans books ranges of lines for formats that name the first and the last
// line of a statement. A few bytes can claim millions of lines, so it refuses
// more lines than a report of that size can honestly hold.
type Spans struct{ lines int64 }

// Span is a range of lines that ran equally often.
type Span struct {
	From, To int // both included
	Hits     int64
}

// Hit adds hits to every line of a range, given how many bytes of the report
// were read. The error says what is wrong with the range.
func (s *Spans) Hit(f *File, at Span, read int64) error {
	if Hidden(at.From) || Hidden(at.To) {
		return nil
	}
	if at.To < at.From {
		return fmt.Errorf("a statement ends on line %d before it begins on line %d", at.To, at.From)
	}
	if s.lines += int64(at.To - at.From); s.lines > 1<<20+read {
		return fmt.Errorf("statements of %d lines so far; that is more than a report of this size can hold", s.lines)
	}
	f.run(at.From, at.To, at.Hits)
	return nil
}

// run is Hit for every line of a range, filled in as a column: Go's profiles name
// a few ranges for each hundred lines.
func (f *File) run(from, to int, hits int64) {
	if from < 1 || to >= math.MaxUint32 || uint64(hits) >= inPlace {
		for n := from; n <= to; n++ {
			f.Hit(n, hits)
		}
		return
	}
	t := &f.known().lines
	if n := len(t.keys); n > 0 && t.keys[n-1] == uint32(from) {
		t.put(uint32(from), hits, again(f.largest)) // a block often begins on the line where the one before ended
		from++
	}
	more := to - from + 1
	lines, counts := t.free(more, again(f.largest))
	n := len(t.keys)
	t.dirty = t.dirty || n > 0 && uint32(from) <= t.keys[n-1]
	t.keys, t.values = t.keys[:n+more], t.values[:n+more]
	lines, counts = lines[:more], counts[:more]
	for i := range lines {
		lines[i] = uint32(from + i)
		counts[i] = uint32(hits)
	}
}
