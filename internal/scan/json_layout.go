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
	if bytes.IndexByte(raw, '\\') >= 0 {
		return nil
	}
	l := &rowLayout{fixed: r.row}
	from, wanted := 0, 0
	for p := 0; p < len(raw); {
		t := nextToken(raw[p:])
		if t.kind == opening {
			l.depth++
		}
		if at := p + t.from; t.kind == number || t.kind == text && !slices.Contains(r.texts, start+int64(at)) {
			s := rowStep{before: newLiteral(raw[from:at]), column: anyText}
			l.size += maxPlain
			if t.kind == number {
				s.column = slices.Index(r.places[:], start+int64(at))
				l.size += maxDigits - maxPlain
			}
			if s.column >= 0 {
				wanted++
			}
			l.steps = append(l.steps, s)
			from = p + t.to
		}
		p += t.length
	}
	for _, place := range r.places {
		if place != 0 {
			wanted--
		}
	}
	l.tail = newLiteral(raw[from:])
	l.size += len(raw) + 8
	if wanted != 0 {
		return nil
	}
	return l
}

// token is a string, a number or a single byte, and what of it may vary.
type token struct {
	kind     tokenKind
	length   int
	from, to int
}

type tokenKind int

const (
	other   tokenKind = iota
	opening           // of an object or array
	number            // of digits only, or a key that is one
	text              // a string that is no key
)

// nextToken is what raw begins with.
func nextToken(raw []byte) token {
	switch c := raw[0]; {
	case c == '{' || c == '[':
		return token{kind: opening, length: 1}
	case c == '"':
		end := bytes.IndexByte(raw[1:], '"') + 1
		t := token{kind: text, length: end + 1, from: 1, to: end}
		if rest := bytes.TrimLeft(raw[end+1:], " \t\r\n"); len(rest) > 0 && rest[0] == ':' {
			t.kind = other
			if n := countDigits(raw[1:]); n > 0 && n == end-1 {
				t.kind = number
			}
		}
		return t
	case isNumber(c):
		n := 1
		for n < len(raw) && isNumber(raw[n]) {
			n++
		}
		if countDigits(raw) == n {
			return token{kind: number, length: n, to: n}
		}
		return token{length: n}
	}
	return token{length: 1}
}

func countDigits(b []byte) int {
	n := 0
	for n < len(b) && b[n]-'0' <= 9 {
		n++
	}
	return n
}
