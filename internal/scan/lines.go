package scan

import (
	"bytes"
	"fmt"
	"io"
)

// Lines reads text line by line.
type Lines struct {
	b    buffer
	text []byte
	n    int
	err  error
}

// NewLines reads the lines of r.
func NewLines(r io.Reader) *Lines { return &Lines{b: buffer{r: r}} }

// Next goes to the next line; false at the end or on an error.
func (l *Lines) Next() bool {
	if l.err != nil {
		return false
	}
	b := &l.b
	for searched := 0; ; {
		if i := bytes.IndexByte(b.data[b.pos+searched:b.end], '\n'); i >= 0 {
			l.text = b.data[b.pos : b.pos+searched+i]
			b.pos += searched + i + 1
			break
		}
		searched = b.end - b.pos
		if b.fill() {
			continue
		}
		if l.err = b.failure(); l.err != nil || searched == 0 {
			return false
		}
		l.text = b.data[b.pos:b.end]
		b.pos = b.end
		break
	}
	if n := len(l.text); n > 0 && l.text[n-1] == '\r' {
		l.text = l.text[:n-1]
	}
	l.n++
	return true
}

// Numbers goes to the next line if that is prefix followed by exactly len(out)
// whole numbers with commas between them, which it reads (all but the last below
// 10⁹, the last below 10¹⁸); false, without going
// anywhere, if it is anything else or not whole in the buffer yet. Reading a
// line this way looks at each of its bytes once.
func (l *Lines) Numbers(prefix string, out []int64) bool {
	b := &l.b
	data := b.data[b.pos:b.end]
	if len(data) < len(prefix) || string(data[:len(prefix)]) != prefix {
		return false
	}
	p := len(prefix)
	for i := range out {
		from, n := p, int64(0)
		for p < len(data) && data[p]-'0' <= 9 {
			n = n*10 + int64(data[p]-'0')
			p++
		}
		if p == from || p-from > 18 || p-from > 9 && i < len(out)-1 || p >= len(data) {
			return false
		}
		out[i] = n
		if i < len(out)-1 {
			if data[p] != ',' {
				return false
			}
			p++
		}
	}
	if data[p] == '\r' && p+1 < len(data) {
		p++
	}
	if data[p] != '\n' || l.err != nil {
		return false
	}
	b.pos += p + 1
	l.n++
	return true
}

// Text is the line without its end. It is valid until the next call of Next.
func (l *Lines) Text() []byte { return l.text }

// Number is the line's number, from 1; 0 before the first.
func (l *Lines) Number() int { return l.n }

// Read is how many bytes of the stream have been passed.
func (l *Lines) Read() int64 { return l.b.read() }

// Err is what ended the reading; nil at the end of the stream.
func (l *Lines) Err() error { return l.err }

// Errorf makes an error about the line in hand.
func (l *Lines) Errorf(format string, args ...any) error {
	return &Error{Line: l.n, Err: fmt.Errorf(format, args...)}
}
