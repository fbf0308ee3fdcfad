package scan

import (
	"bytes"
	"slices"
)

// rowLayout is how an entry is written: bytes that are always the same, and
// numbers and texts between them.
type rowLayout struct {
	steps []rowStep
	tail  literal // behind the last of them
	fixed Row     // what is the same in all entries laid out so
	size  int     // the longest that they can be, and room to load words
	depth int     // of objects and arrays in them
}

// rowStep is a number, or a text that nobody wants, and what stands before it.
type rowStep struct {
	before literal
	column int // where the number goes, -1 if nobody wants it, or anyText
}

// anyText is the column of a text: what is between its quotes.
const anyText = -2

// match reads the entry that data begins with, and returns its length, 0 if it is
// laid out in another way.
func (l *rowLayout) match(data []byte, row *Row) int {
	if len(data) < l.size {
		return 0
	}
	*row = l.fixed
	p := 0
	for i := range l.steps {
		s := &l.steps[i]
		if !s.before.begins(data[p:]) {
			return 0
		}
		p += s.before.length
		if s.column == anyText {
			n := plain(data[p:])
			if n < 0 {
				return 0
			}
			p += n
			continue
		}
		x := load(data[p:])
		n := Digits(x)
		if uint(n-1) >= maxDigits {
			return 0
		}
		if s.column >= 0 {
			row[s.column] = int64(Decimal(x, n))
		}
		p += n
	}
	if !l.tail.begins(data[p:]) {
		return 0
	}
	return p + l.tail.length
}

// maxDigits is how long a number can be: the byte behind it is in its word.
const maxDigits = 7

// literal is a text in words.
type literal struct {
	first  masked
	more   []masked
	length int
}

// masked is what eight bytes must be: bits, where mask is set.
type masked struct{ bits, mask uint64 }

// begins reports whether data begins with the text. It must have eight bytes more.
func (l *literal) begins(data []byte) bool {
	if (load(data)^l.first.bits)&l.first.mask != 0 {
		return false
	}
	for i, m := range l.more {
		if (load(data[8+8*i:])^m.bits)&m.mask != 0 {
			return false
		}
	}
	return true
}

// newLiteral puts a text into words. Nearly all literals are of one word, which is
// why the first is not in the slice.
func newLiteral(text []byte) literal {
	l := literal{length: len(text)}
	for ; len(text) > 0; text = text[min(8, len(text)):] {
		var bytes [8]byte
		n := copy(bytes[:], text)
		l.more = append(l.more, masked{load(bytes[:]), ^uint64(0) >> (64 - 8*n)})
	}
	if len(l.more) > 0 {
		l.first, l.more = l.more[0], l.more[1:]
	}
	return l
}

// layout takes apart the entry in hand, which was read with care and begins at
// start; nil if what was kept of it cannot be found again.
func (r *Rows) layout(raw []byte, start int64) *rowLayout {
	// An escape may hide a quote, and hardly an entry has one: those are not learnt.
	if bytes.IndexByte(raw, '\\') >= 0 {
		return nil
	}
	l := &rowLayout{fixed: r.row, size: len(raw) + 8}
	from, kept := 0, 0 // where the next literal begins, and how many numbers have a column
	varies := func(at, end, column, room int) {
		l.steps = append(l.steps, rowStep{newLiteral(raw[from:at]), column})
		l.size += room
		from = end
	}
	number := func(at, end int) {
		column := slices.Index(r.places[:], start+int64(at))
		if column >= 0 {
			kept++
		}
		varies(at, end, column, maxDigits)
	}
	for p := 0; p < len(raw); {
		switch c := raw[p]; {
		case c == '{' || c == '[':
			l.depth++
			p++
		case c == '"':
			p++
			end := p + bytes.IndexByte(raw[p:], '"')
			isKey := bytes.HasPrefix(bytes.TrimLeft(raw[end+1:], " \t\r\n"), []byte{':'})
			if digits := countDigits(raw[p:]); isKey && digits > 0 && p+digits == end {
				number(p, end)
			} else if !isKey && !slices.Contains(r.texts, start+int64(p)) {
				varies(p, end, anyText, maxPlain)
			}
			p = end + 1
		case isNumber(c):
			end := p + 1
			for end < len(raw) && isNumber(raw[end]) {
				end++
			}
			if p+countDigits(raw[p:]) == end {
				number(p, end)
			}
			p = end
		default:
			p++
		}
	}
	l.tail = newLiteral(raw[from:])
	for _, place := range r.places {
		if place != 0 {
			kept--
		}
	}
	if kept != 0 {
		return nil
	}
	return l
}

// countDigits is how many digits a text begins with.
func countDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
