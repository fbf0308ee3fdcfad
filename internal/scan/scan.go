// Package scan holds the tokenizers that coverage formats are read with: lines,
// XML and JSON. Each reads a stream once through one buffer, in time linear in
// the input, keeps nothing that it has passed, loads nothing from outside, and
// has positions for errors. They know nothing of coverage.
package scan

import (
	"bytes"
	"fmt"
	"io"
)

// MaxToken is the longest single token in bytes: a line of text, an XML tag, a
// JSON string. Longer ones are an error, so that memory stays bounded.
const MaxToken = 16 << 20

// MaxDepth is how deep XML elements and JSON values may nest.
const MaxDepth = 512

// firstBuffer holds a thousand lines: large enough that refilling costs nothing,
// small enough that making one for a short report does not either.
const firstBuffer = 64 << 10

// Error is input that is not what the tokenizer or a parser expected. Its text
// carries the line, counted from 1.
type Error struct {
	Line int
	Err  error
}

// Error says the line and the problem. Who knows the file takes them apart instead
// and writes file:line.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns the problem without its position.
func (e *Error) Unwrap() error { return e.Err }

// buffer is the part of the stream in hand. Bytes from pos to end are unread.
type buffer struct {
	r        io.Reader
	data     []byte
	pos, end int
	passed   int   // newlines in what was dropped from the buffer
	offset   int64 // bytes dropped from the buffer
	err      error // io.EOF or what the reader said; no more bytes will come
}

// fill drops what was read and appends more, growing the buffer when what is
// kept leaves less than half of it. It returns false when nothing came.
// Positions in data move by what was dropped: pos becomes 0.
func (b *buffer) fill() bool {
	if b.err != nil {
		return false
	}
	if b.pos > 0 {
		b.passed += bytes.Count(b.data[:b.pos], newline)
		b.offset += int64(b.pos)
		b.end = copy(b.data, b.data[b.pos:b.end])
		b.pos = 0
	}
	if b.end > len(b.data)/2 || len(b.data) == 0 {
		// Half of it is kept, and that is one token that has not ended.
		if len(b.data) >= 2*MaxToken {
			b.err = b.at("a single token is longer than %d bytes", MaxToken)
			return false
		}
		grown := make([]byte, max(2*len(b.data), firstBuffer))
		b.end = copy(grown, b.data[:b.end])
		b.data = grown
	}
	before := b.end
	// Read until the buffer is full: pipes and decompressors return little at a
	// time, and each return would cost the parser a token begun anew.
	for idle := 0; b.end < len(b.data) && b.err == nil; {
		n, err := b.r.Read(b.data[b.end:])
		b.end, b.err = b.end+n, err
		if idle++; n > 0 {
			idle = 0
		} else if err == nil && idle > 100 {
			b.err = io.ErrNoProgress
		}
	}
	return b.end > before
}

var newline = []byte{'\n'}

// line is the number of the line that position p of the buffer is on.
func (b *buffer) line(p int) int { return b.passed + bytes.Count(b.data[:p], newline) + 1 }

// at makes an error at the first byte that is not read. Lines are counted only then:
// a count while reading would cost more than most parsing does.
func (b *buffer) at(format string, args ...any) error {
	return &Error{Line: b.line(b.pos), Err: fmt.Errorf(format, args...)}
}

// failure is what ended the stream, if it was anything but its end.
func (b *buffer) failure() error {
	if b.err == io.EOF {
		return nil
	}
	return b.err
}

// read is how many bytes of the stream have been passed.
func (b *buffer) read() int64 { return b.offset + int64(b.pos) }
