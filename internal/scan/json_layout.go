package scan

import (
	"bytes"
	"slices"
)

// layout is how an entry is written: bytes that are always the same, and
// numbers between them.
type layout struct {
	steps []step
	tail  step
	fixed Row // what is the same in all entries laid out so
	size  int // the longest that it can be, and a word more
	depth int // of objects and arrays in it
}

// step is a run of bytes and the number that follows, which the last has not.
type step struct {
	first  mask
	more   []mask // of runs longer than a word
	length int    // of the run
	digits int    // of the number, the last time
	column int    // where the number goes
}

// mask is what eight bytes must be; those that may be anything are zero in all.
type mask struct{ bits, all uint64 }

// match reads the entry that data begins with, and gives its length, 0 if it is
// laid out in another way.
func (l *layout) match(data []byte, row *Row) int {
	if len(data) < l.size {
		return 0
	}
	*row = l.fixed
	p := 0
	for i := range l.steps {
		s := &l.steps[i]
		if (word(data[p:])^s.first.bits)&s.first.all != 0 {
			return 0
		}
		for k, m := range s.more {
			if (word(data[p+8+8*k:])^m.bits)&m.all != 0 {
				return 0
			}
		}
		value, n := leading(word(data[p+s.length:]))
		if n == 0 {
			return 0
		}
		row[s.column] = value
		// A processor that bets on this comparison goes on behind the number
		// before it has been read.
		if digits := s.digits; n == digits {
			p += s.length + digits
		} else {
			s.digits = n
			p += s.length + n
		}
	}
	s := &l.tail
	if (word(data[p:])^s.first.bits)&s.first.all != 0 {
		return 0
	}
	for k, m := range s.more {
		if (word(data[p+8+8*k:])^m.bits)&m.all != 0 {
			return 0
		}
	}
	return p + l.tail.length
}

// maxDigits is how long a number can be: the byte behind it is in its word.
const maxDigits = 7

// newLayout takes apart an entry that was read with care and begins at start;
// nil if what was kept of it cannot be found again.
func newLayout(raw []byte, start int64, r *Rows) *layout {
	if bytes.IndexByte(raw, '\\') >= 0 {
		return nil
	}
	l := &layout{fixed: r.row}
	from, found := 0, 0
	for p := 0; p < len(raw); {
		n, digits, at := token(raw[p:])
		switch c := raw[p]; {
		case c == '{' || c == '[':
			l.depth++
		case digits > 0:
			s := newStep(raw[from : p+at])
			from = p + at + digits
			if i := slices.Index(r.places[:], start+int64(p+at)); i >= 0 {
				s.column, found = i, found+1
			}
			l.steps = append(l.steps, s)
		}
		p += n
	}
	for _, place := range r.places {
		if place != 0 {
			found--
		}
	}
	if found != 0 {
		return nil
	}
	l.tail = newStep(raw[from:])
	l.size = len(raw) + maxDigits*len(l.steps) + 8
	return l
}

// token is the length of what raw begins with: a string, a number or a single
// byte. If it is a number of digits only, or a key that is one, its digits are
// those at a place in it.
func token(raw []byte) (length, digits, at int) {
	switch c := raw[0]; {
	case c == '"':
		length = bytes.IndexByte(raw[1:], '"') + 2
		if n := countDigits(raw[1:]); n == length-2 && length < len(raw) && raw[length] == ':' {
			return length, n, 1
		}
	case isNumber(c):
		for length < len(raw) && isNumber(raw[length]) {
			length++
		}
		if n := countDigits(raw); n == length {
			return length, n, 0
		}
	default:
		length = 1
	}
	return length, 0, 0
}

func countDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}

// newStep is a run of bytes as words.
func newStep(run []byte) step {
	s := step{length: len(run), column: RowSize}
	for ; len(run) > 0; run = run[min(8, len(run)):] {
		var text [8]byte
		n := copy(text[:], run)
		s.more = append(s.more, mask{word(text[:]), ^uint64(0) >> (64 - 8*n)})
	}
	if len(s.more) > 0 {
		s.first, s.more = s.more[0], s.more[1:]
	}
	return s
}
