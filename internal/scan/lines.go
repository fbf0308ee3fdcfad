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
	open bool // the last line had no end
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
	// What has been searched is not searched again after a fill, so that a line of
	// sixteen megabytes costs no more than as many short ones.
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
		l.text, l.open = b.data[b.pos:b.end], true
		b.pos = b.end
		break
	}
	// Windows' line ends. A lone return, the old Mac's, is left in the text: no tool
	// writes it, and gcov's text has source lines in which it may stand.
	if n := len(l.text); n > 0 && l.text[n-1] == '\r' {
		l.text = l.text[:n-1]
	}
	l.n++
	return true
}

// Ahead is what has been read of the lines that follow, for a parser that reads
// the plainest of them itself. It ends anywhere, and is valid until the next
// call of Next.
func (l *Lines) Ahead() []byte {
	if l.err != nil {
		return nil
	}
	return l.b.data[l.b.pos:l.b.end]
}

// Skip passes the first n bytes of Ahead, which are so many whole lines.
// The caller has counted the lines, which it had to find the ends of anyway.
func (l *Lines) Skip(n, lines int) {
	l.b.pos += n
	l.n += lines
}

// Text is the line without its end. It is valid until the next call of Next.
func (l *Lines) Text() []byte { return l.text }

// Open reports whether the stream ended within a line, as it does when its
// writer was stopped.
func (l *Lines) Open() bool { return l.open }

// Read is how many bytes of the stream have been passed.
func (l *Lines) Read() int64 { return l.b.read() }

// Err is what ended the reading; nil at the end of the stream.
func (l *Lines) Err() error { return l.err }

// Errorf makes an error about the line in hand.
func (l *Lines) Errorf(format string, args ...any) error {
	return &Error{Line: l.n, Err: fmt.Errorf(format, args...)}
}
