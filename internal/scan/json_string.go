package scan

import (
	"bytes"
	"math/bits"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// quoted reads the string at pos.
func (j *JSON) quoted() []byte {
	b := &j.b
	text := b.data[b.pos+1 : b.end]
	if n := plain(text); n >= 0 {
		b.pos += n + 2
		return text[:n]
	}
	return j.long()
}

// plain is the length of a short string without escapes, which text begins
// with; -1 if it may be something else.
func plain(text []byte) int {
	for p := 0; p < maxPlain && p+8 <= len(text); p += 8 {
		x := load(text[p:])
		if found := marks(x, '"') | marks(x, '\\'); found != 0 {
			p += bits.TrailingZeros64(found) >> 3
			if text[p] != '"' {
				return -1
			}
			return p
		}
	}
	return -1
}

const maxPlain = 64

// long reads a string of any length, which may have escapes.
func (j *JSON) long() []byte {
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

// unescape resolves the escapes of a string into memory that the next such string
// reuses. A surrogate that stands alone becomes U+FFFD, as in encoding/json.
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
		const escapes, meant = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
		k := strings.IndexByte(escapes, c)
		switch {
		case k >= 0:
			out = append(out, meant[k])
		case c == 'u':
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

// hex4 reads the four digits of \u.
func hex4(b []byte) (rune, bool) {
	if len(b) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(b[:4]), 16, 16)
	return rune(n), err == nil
}
