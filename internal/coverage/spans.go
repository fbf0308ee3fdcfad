package coverage

import "fmt"

// Spans books ranges of lines for formats that name the first and the last
// line of a statement. A few bytes can claim millions of lines, so it refuses
// more lines than a report of that size can honestly hold.
type Spans struct{ lines int64 }

// Hit adds hits to every line of a range, given how many bytes of the report
// were read. The error says what is wrong with the range.
func (s *Spans) Hit(f *File, from, to int, hits, read int64) error {
	if to < from {
		return fmt.Errorf("a statement ends on line %d before it begins on line %d", to, from)
	}
	if s.lines += int64(to - from); s.lines > 1<<20+read {
		return fmt.Errorf("statements of %d lines so far; that is more than a report of this size can hold", s.lines)
	}
	for n := from; n <= to; n++ {
		f.Hit(n, hits)
	}
	return nil
}
