package scan

import "bytes"

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

// Int reads a whole number below 2³¹; ok is false for anything that is no
// number, which is stepped over. Fractions are cut.
func (j *JSON) Int() (n int, ok bool) {
	count, ok := j.Count()
	return int(min(count, 1<<31-1)), ok
}

// Number reads the text of a number; nil for anything else, which is stepped
// over. It is valid until the next call.
func (j *JSON) Number() []byte { return j.number() }

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

// Negative tells whether the next value is a number below zero.
func (j *JSON) Negative() bool { return j.err == nil && j.peek() == '-' }
