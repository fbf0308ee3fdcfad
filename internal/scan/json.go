package scan

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
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

// End checks that the document ends here and gives the first error.
func (j *JSON) End() error {
	if j.err == nil {
		if c := j.peek(); c != 0 {
			j.Fail("%q after the end of the document", c)
		}
	}
	return j.err
}

// More tells whether another document follows the one that was read, as in
// JSON lines, and makes it the next value.
func (j *JSON) More() bool {
	j.pending = j.err == nil && j.peek() != 0
	return j.pending
}

// peek steps over white space and gives the next byte, 0 at the end.
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

// Kind tells what value comes next without reading it: '{', '[', '"', '0' for
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

// Object reads an object and calls each for every key. null has no keys.
func (j *JSON) Object(each func(key []byte)) {
	if !j.enter('{', "an object") {
		return
	}
	for first := true; j.err == nil; first = false {
		c := j.peek()
		if c == '}' {
			break
		}
		if !first {
			if c != ',' {
				j.unexpected(c, "',' or '}'")
				return
			}
			j.b.pos++
			c = j.peek()
		}
		if c != '"' {
			j.unexpected(c, "a key")
			return
		}
		key := j.quoted()
		if j.err != nil {
			return
		}
		if c := j.b.at0(); c == ':' {
			j.b.pos++
		} else if !j.colon(&key) {
			return
		}
		j.pending = true
		each(key)
		if j.pending {
			j.Skip()
		}
	}
	j.leave()
}

// colon steps over the colon where it does not follow its key at once. The key
// is kept, since looking for the colon may move the buffer.
func (j *JSON) colon(key *[]byte) bool {
	j.text = append(j.text[:0], *key...)
	*key = j.text
	if c := j.peek(); c != ':' {
		j.unexpected(c, "':'")
		return false
	}
	j.b.pos++
	return true
}

// at0 is the next byte in the buffer, 0 if there is none.
func (b *buffer) at0() byte {
	if b.pos < b.end {
		return b.data[b.pos]
	}
	return 0
}

// Array reads an array and calls each for every element. null has none.
func (j *JSON) Array(each func()) {
	if !j.enter('[', "an array") {
		return
	}
	for first := true; j.err == nil; first = false {
		c := j.peek()
		if c == ']' {
			break
		}
		if !first {
			if c != ',' {
				j.unexpected(c, "',' or ']'")
				return
			}
			j.b.pos++
		}
		j.pending = true
		each()
		if j.pending {
			j.Skip()
		}
	}
	j.leave()
}

func (j *JSON) enter(open byte, what string) bool {
	j.pending = false
	if j.err != nil {
		return false
	}
	switch c := j.peek(); c {
	case open:
	case 'n':
		j.literal("null")
		return false
	default:
		j.unexpected(c, what)
		return false
	}
	if j.depth++; j.depth > MaxDepth {
		j.Fail("values nest deeper than %d", MaxDepth)
		return false
	}
	j.b.pos++
	return true
}

func (j *JSON) leave() {
	if j.err == nil {
		j.b.pos++
	}
	j.depth--
	j.pending = false
}

func (j *JSON) unexpected(c byte, want string) {
	if j.err != nil {
		return
	}
	if c == 0 {
		j.Fail("the document ends where %s was expected", want)
		return
	}
	j.Fail("%q where %s was expected", c, want)
}

// Bytes reads a string without making one; ok is false for null and anything
// that is no string, which is stepped over.
func (j *JSON) Bytes() (text []byte, ok bool) {
	if j.Kind() != '"' {
		j.Skip()
		return nil, false
	}
	j.pending = false
	text = j.quoted()
	return text, j.err == nil
}

// String reads a string; "" for null and anything that is no string.
func (j *JSON) String() string {
	text, _ := j.Bytes()
	return string(text)
}

// Bool reads true; anything else is false.
func (j *JSON) Bool() bool {
	yes := j.Kind() == 't'
	j.Skip()
	return yes
}

// Count reads a count of hits as scan.Count does; ok is false for anything that
// is no number, which is stepped over.
func (j *JSON) Count() (n int64, ok bool) {
	raw := j.number()
	if raw == nil {
		return 0, false
	}
	if n, ok = Count(raw); !ok {
		j.Fail("%q where a number was expected", raw)
	}
	return n, ok
}

// Int reads a whole number below 2³¹; ok is false for anything that is no
// number, which is stepped over. Fractions are cut.
func (j *JSON) Int() (n int, ok bool) {
	count, ok := j.Count()
	return int(min(count, 1<<31-1)), ok
}

// number reads the text of a number, nil if the value is another.
func (j *JSON) number() []byte {
	if j.Kind() != '0' {
		j.Skip()
		return nil
	}
	j.pending = false
	b := &j.b
	for p := b.pos; ; {
		for p < b.end && isNumber(b.data[p]) {
			p++
		}
		if p < b.end {
			raw := b.data[b.pos:p]
			b.pos = p
			return raw
		}
		n := p - b.pos
		if !b.fill() {
			if j.err = b.failure(); j.err != nil {
				return nil
			}
			raw := b.data[b.pos:b.end]
			b.pos = b.end
			return raw
		}
		p = b.pos + n
	}
}

func isNumber(c byte) bool {
	return c-'0' <= 9 || c == '-' || c == '.' || c == '+' || c == 'e' || c == 'E'
}

// quoted reads the string at pos.
func (j *JSON) quoted() []byte {
	b := &j.b
	for n, escaped := 1, false; ; {
		if i := bytes.IndexByte(b.data[b.pos+n:b.end], '"'); i >= 0 {
			end := b.pos + n + i
			escaped = escaped || bytes.IndexByte(b.data[b.pos+1:end], '\\') >= 0
			if escaped && backslashes(b.data[b.pos+1:end])%2 == 1 {
				n += i + 1
				continue
			}
			raw := b.data[b.pos+1 : end]
			b.pos = end + 1
			if escaped {
				return j.unescape(raw)
			}
			return raw
		}
		n = b.end - b.pos
		if !b.fill() {
			if j.err = b.failure(); j.err == nil {
				j.Fail("the document ends inside a string")
			}
			return nil
		}
	}
}

// backslashes is how many of them text ends in.
func backslashes(text []byte) int {
	n := 0
	for n < len(text) && text[len(text)-1-n] == '\\' {
		n++
	}
	return n
}

func (j *JSON) unescape(raw []byte) []byte {
	out := j.text[:0]
	for {
		i := bytes.IndexByte(raw, '\\')
		if i < 0 {
			break
		}
		out = append(out, raw[:i]...)
		c := raw[i+1]
		raw = raw[i+2:]
		switch c {
		case 'n':
			out = append(out, '\n')
		case 't':
			out = append(out, '\t')
		case 'r':
			out = append(out, '\r')
		case 'b':
			out = append(out, '\b')
		case 'f':
			out = append(out, '\f')
		case '"', '\\', '/':
			out = append(out, c)
		case 'u':
			r, ok := hex4(raw)
			if !ok {
				j.Fail(`\u without four hexadecimal digits`)
				return nil
			}
			raw = raw[4:]
			if utf16.IsSurrogate(r) && len(raw) >= 6 && raw[0] == '\\' && raw[1] == 'u' {
				if low, ok := hex4(raw[2:]); ok {
					if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
						r = pair
						raw = raw[6:]
					}
				}
			}
			out = utf8.AppendRune(out, r)
		default:
			j.Fail(`\%c is no escape of JSON`, c)
			return nil
		}
	}
	j.text = append(out, raw...)
	return j.text
}

func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n), err == nil
}

// literal reads true, false or null.
func (j *JSON) literal(word string) {
	b := &j.b
	for b.end-b.pos < len(word) && b.fill() {
	}
	if !bytes.HasPrefix(b.data[b.pos:b.end], []byte(word)) {
		j.Fail("%q where a value was expected", b.data[b.pos:min(b.end, b.pos+len(word))])
		return
	}
	b.pos += len(word)
}

// Skip steps over the next value whatever it is. Inside of it only strings and
// brackets are looked at.
func (j *JSON) Skip() {
	j.pending = false
	j.open = j.open[:0]
	b := &j.b
	for j.err == nil {
		switch c := j.peek(); c {
		case '"':
			j.quoted()
		case '{', '[':
			if j.open = append(j.open, c+2); len(j.open)+j.depth > MaxDepth {
				j.Fail("values nest deeper than %d", MaxDepth)
			}
			b.pos++
		case '}', ']':
			if n := len(j.open); n == 0 || j.open[n-1] != c {
				j.unexpected(c, "a value")
				return
			}
			j.open = j.open[:len(j.open)-1]
			b.pos++
		case ',', ':':
			if len(j.open) == 0 {
				j.unexpected(c, "a value")
				return
			}
			b.pos++
			continue
		case 't':
			j.literal("true")
		case 'f':
			j.literal("false")
		case 'n':
			j.literal("null")
		default:
			if c != '-' && c-'0' > 9 {
				j.unexpected(c, "a value")
				return
			}
			j.number()
		}
		if len(j.open) == 0 {
			return
		}
	}
}

// Keys looks into the beginning of a document for the keys of its outermost
// object, as far as head reaches: ok is false if it does not begin one. Values
// are stepped over.
func Keys(head []byte) (keys []string, ok bool) {
	j := NewJSON(bytes.NewReader(head))
	if j.Kind() != '{' {
		return nil, false
	}
	j.Object(func(key []byte) { keys = append(keys, string(key)) })
	return keys, true
}

// Negative tells whether the next value is a number below zero.
func (j *JSON) Negative() bool { return j.err == nil && j.peek() == '-' }
