package scan

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Text reads the character data that follows the start tag in hand, up to the
// next tag, with references resolved and CDATA taken as it is. The bytes are
// valid until the next call; an element without text has none. The name and
// attributes of the tag are gone after it.
func (x *XML) Text() []byte {
	if !x.start || x.empty || x.single {
		return nil
	}
	x.text = x.text[:0]
	x.attrs, x.unread = x.attrs[:0], false
	x.known, x.present = 0, 0
	b := &x.b
	for x.err == nil {
		i := bytes.IndexByte(b.data[b.pos:b.end], '<')
		if i < 0 {
			// Keep what is there: a reference may be cut in two.
			if !b.fill() {
				x.finish()
				break
			}
			continue
		}
		var err error
		if x.text, err = unescape(x.text, b.data[b.pos:b.pos+i]); err != nil {
			x.fail(b.pos+i, "%v", err)
			break
		}
		b.pos += i
		for b.end-b.pos < 9 && b.fill() {
		}
		switch head := b.data[b.pos:b.end]; {
		case bytes.HasPrefix(head, []byte("<![CDATA[")):
			b.pos += len("<![CDATA[")
			x.skipTo("]]>", &x.text)
		case bytes.HasPrefix(head, []byte("<!--")):
			b.pos += 4
			x.skipTo("-->", nil)
		case bytes.HasPrefix(head, []byte("<?")):
			x.skipTo("?>", nil)
		default:
			return x.text
		}
	}
	return nil
}

// unescape appends text to out with its references resolved.
// An unknown entity is an error: left as it is, or dropped, a path would name
// another file.
func unescape(out, text []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(out, text...), nil
		}
		out = append(out, text[:i]...)
		text = text[i+1:]
		// No reference is that long; to search further would make a text of nothing
		// but ampersands cost its square.
		end := bytes.IndexByte(text[:min(len(text), 32)], ';')
		if end < 0 {
			return nil, fmt.Errorf("'&' that begins no reference such as &amp;")
		}
		r, ok := referenced(string(text[:end]))
		if !ok {
			return nil, fmt.Errorf("unknown entity &%s; (entities are not expanded)", text[:end])
		}
		out = utf8.AppendRune(out, r)
		text = text[end+1:]
	}
}

// referenced returns the character of one of XML's own entities, or of a number.
func referenced(name string) (rune, bool) {
	for _, e := range [...]struct {
		name string
		r    rune
	}{{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}} {
		if name == e.name {
			return e.r, true
		}
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	// What is no character, such as half of a pair, AppendRune writes as U+FFFD.
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}
