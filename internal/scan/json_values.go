package scan

import (
	"bytes"
)

// Bytes reads a string without making one; ok is false for null. Anything else
// is an error.
func (j *JSON) Bytes() (text []byte, ok bool) {
	if kind := j.Kind(); kind != '"' {
		j.absent(kind, "a string")
		return nil, false
	}
	j.pending = false
	text = j.quoted()
	return text, j.err == nil
}

// absent steps over null; any other value, which begins with c, ends the reading.
func (j *JSON) absent(c byte, want string) {
	if c == 'n' {
		j.Skip()
		return
	}
	j.pending = false
	switch {
	case j.err != nil:
	case c == '"':
		text := j.quoted()
		j.Fail("%q where %s was expected", text[:min(len(text), 80)], want)
	default:
		j.unexpected(j.peek(), want)
	}
}

// String reads a string; "" for null. Anything else is an error.
func (j *JSON) String() string {
	text, _ := j.Bytes()
	return string(text)
}

// Bool reads true or false, which null is too. Anything else is an error.
func (j *JSON) Bool() bool {
	switch kind := j.Kind(); kind {
	case 't', 'f':
		j.Skip()
		return kind == 't'
	default:
		j.absent(kind, "true or false")
		return false
	}
}

// Count reads a count of hits as the function Count does; ok is false for null.
// Anything else is an error.
func (j *JSON) Count() (n int64, ok bool) {
	if b := &j.b; j.Kind() == '0' && b.end-b.pos >= 8 {
		x := load(b.data[b.pos:])
		if n := Digits(x); uint(n-1) < maxDigits && !isNumber(b.data[b.pos+n]) {
			b.pos += n
			j.pending = false
			return int64(Decimal(x, n)), true
		}
	}
	raw := j.number()
	if raw == nil {
		return 0, false
	}
	if n, ok = Count(raw); !ok {
		j.Fail("%q where a number was expected", raw)
	}
	return n, ok
}

// Int reads a whole number below 2³¹; ok is false for null. Fractions are cut,
// and what is below zero is 0. Anything else is an error.
func (j *JSON) Int() (n int, ok bool) {
	count, ok := j.Count()
	return int(min(count, 1<<31-1)), ok
}

// Field is a key of an object, and where its number goes.
type Field struct {
	Key  string
	Into *int
}

// Ints reads an object of which only these numbers are wanted. What it does not
// have, or has as null, stays as it is.
func (j *JSON) Ints(fields ...Field) {
	j.Object(func(key []byte) {
		for _, f := range fields {
			if string(key) == f.Key {
				if n, ok := j.Int(); ok {
					*f.Into = n
				}
				return
			}
		}
	})
}

// Number reads the text of a number; nil for anything else, which is stepped
// over. It is valid until the next call.
func (j *JSON) Number() []byte {
	if j.Kind() != '0' {
		j.Skip()
		return nil
	}
	return j.number()
}

// Signed is Int for numbers that may be below zero.
func (j *JSON) Signed() (n int, ok bool) {
	if !j.Negative() {
		return j.Int()
	}
	j.b.pos++
	n, ok = j.Int()
	return -n, ok
}

// number reads the text of a number, nil for null.
func (j *JSON) number() []byte {
	if kind := j.Kind(); kind != '0' {
		j.absent(kind, "a number")
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

// isNumber reports whether a byte can stand in a number.
func isNumber(c byte) bool {
	return c-'0' <= 9 || c == '-' || c == '.' || c == '+' || c == 'e' || c == 'E'
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

// Negative reports whether the next value is a number below zero.
func (j *JSON) Negative() bool { return j.err == nil && j.peek() == '-' }
