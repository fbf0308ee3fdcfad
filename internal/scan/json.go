package scan

import (
	"fmt"
	"io"
)

// JSON reads a document value by value, in the order that it is written:
//
//	j.Object(func(key []byte) {
//		switch string(key) {
//		case "lines":
//			j.Array(func() { hits, ok := j.Count() … })
//		}
//	})
//	return j.End()
//
// A callback reads the value it is called for, or leaves it, which steps over
// it. The first error ends everything: later calls do nothing and callbacks are
// not called any more. Slices are valid until the next call.
type JSON struct {
	b       buffer
	err     error
	pending bool // a value stands here that nobody has read
	depth   int
	text    []byte // a string that had escapes
	open    []byte // brackets while stepping over a value
}

// NewJSON reads the document in r, which must be UTF-8.
func NewJSON(r io.Reader) *JSON { return &JSON{b: buffer{r: r}, pending: true} }

// Err is what ended the reading, nil as long as all is well.
func (j *JSON) Err() error { return j.err }

// Read is how many bytes of the document have been passed.
func (j *JSON) Read() int64 { return j.b.read() }

// Errorf makes an error at the place that was read last.
func (j *JSON) Errorf(format string, args ...any) error {
	return &Error{Line: j.b.line(j.b.pos), Err: fmt.Errorf(format, args...)}
}

// Fail ends the reading with an error of the parser's own.
func (j *JSON) Fail(format string, args ...any) {
	if j.err == nil {
		j.err = j.Errorf(format, args...)
	}
}

// End checks that the document ends here and returns the first error.
func (j *JSON) End() error {
	if j.err == nil {
		if c := j.peek(); c != 0 {
			j.Fail("%q after the end of the document", c)
		}
	}
	return j.err
}

// More reports whether another document follows the one that was read, as in
// JSON lines, and makes it the next value.
func (j *JSON) More() bool {
	j.pending = j.err == nil && j.peek() != 0
	return j.pending
}

// peek steps over white space and returns the next byte, 0 at the end.
func (j *JSON) peek() byte {
	b := &j.b
	for {
		for b.pos < b.end {
			c := b.data[b.pos]
			if c > ' ' || c != ' ' && c != '\n' && c != '\t' && c != '\r' {
				return c
			}
			b.pos++
		}
		if !b.fill() {
			if err := b.failure(); err != nil && j.err == nil {
				j.err = err
			}
			return 0
		}
	}
}

// Kind says what value comes next without reading it: '{', '[', '"', '0' for
// a number, 't', 'f', 'n' for null, 0 on an error or at the end.
func (j *JSON) Kind() byte {
	if j.err != nil {
		return 0
	}
	c := j.peek()
	if c == '-' || c >= '0' && c <= '9' {
		return '0'
	}
	return c
}

// Object reads an object and calls each for every key, which is gone once its value
// is read. null has no keys.
// Inlined, it would be in the binary once for each of sixty callers.
//
//go:noinline
func (j *JSON) Object(each func(key []byte)) {
	j.entries('{', func() {
		if key, ok := j.key(); ok {
			j.pending = true
			each(key)
			j.rest()
		}
	})
}

// Member reads an object of which one member matters.
func (j *JSON) Member(name string, read func()) {
	j.Object(func(key []byte) {
		if string(key) == name {
			read()
		}
	})
}

// Array reads an array and calls each for every element. null has none.
// It is not inlined, as Object.
//
//go:noinline
func (j *JSON) Array(each func()) {
	j.entries('[', func() {
		j.pending = true
		each()
		j.rest()
	})
}

// entries reads an object or an array, as its opening bracket says, and calls
// read at the beginning of every entry, which it has to read. null has none.
func (j *JSON) entries(open byte, read func()) {
	j.pending = false
	if j.err != nil {
		return
	}
	switch c := j.peek(); c {
	case open:
	case 'n':
		j.literal("null")
		return
	default:
		j.unexpected(c, map[byte]string{'{': "an object", '[': "an array"}[open])
		return
	}
	if j.depth++; j.depth > MaxDepth {
		j.Fail("values nest deeper than %d", MaxDepth)
		return
	}
	j.b.pos++
	for first := true; j.next(first, open+2); first = false { // both brackets close two after they open in ASCII
		read()
	}
	if j.err == nil {
		j.b.pos++
	}
	j.depth--
	j.pending = false
}

// next comes to the next entry of an object or array, and past the comma before
// it; false at its end.
func (j *JSON) next(first bool, end byte) bool {
	if j.err != nil {
		return false
	}
	c := j.peek()
	switch {
	case c == end:
		return false
	case first:
		return true
	case c == ',':
		j.b.pos++
		return true
	}
	j.unexpected(c, "',' or '"+string(end)+"'")
	return false
}

// key reads a key and its colon. It holds until the value is read, and while Kind
// looks at that.
func (j *JSON) key() (key []byte, ok bool) {
	if c := j.peek(); c != '"' {
		j.unexpected(c, "a key")
		return nil, false
	}
	key = j.quoted()
	if j.err != nil {
		return nil, false
	}
	if b := &j.b; b.pos+2 < b.end && b.data[b.pos] == ':' && (b.data[b.pos+1] > ' ' || b.data[b.pos+2] > ' ') {
		b.pos++
		return key, true
	}
	return j.colon(key)
}

// colon steps over the colon where it does not follow its key at once, or the value
// the colon. The key is kept, since looking for them may move the buffer.
func (j *JSON) colon(key []byte) ([]byte, bool) {
	j.text = append(j.text[:0], key...)
	if c := j.peek(); c != ':' {
		j.unexpected(c, "':'")
		return nil, false
	}
	j.b.pos++
	return j.text, true
}

// rest steps over the value that the callback was called for, if it left it.
func (j *JSON) rest() {
	if j.pending {
		j.Skip()
	}
}

// unexpected ends the reading at the byte c, which is 0 at the end.
func (j *JSON) unexpected(c byte, want string) {
	if c == 0 {
		j.Fail("the document ends where %s was expected", want)
		return
	}
	j.Fail("%q where %s was expected", c, want)
}
