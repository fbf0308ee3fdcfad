package scan

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// MaxAttrs is the largest number of attributes of one XML element.
const MaxAttrs = 512

// XML reads the elements of an XML document one tag after the other:
//
//	for x.Next() {
//		switch string(x.Name()) { case "line": if x.Start() { … x.Attr("number") … } }
//	}
//	return x.Err()
//
// An element written <a/> gives a start and an end like any other. Tags must
// nest and be closed. Comments, processing instructions and the DOCTYPE are
// stepped over; nothing they name is loaded and no entity they declare is
// known, so there is nothing that could expand. Names are given without their
// namespace prefix.
type XML struct {
	b     buffer
	name  span
	local int // where the name begins after its prefix
	attrs []attr
	start bool
	empty bool // the tag in hand is <a/>, and its end is still to be given
	// copied tells that the name in hand is in text, not in the buffer.
	copied bool
	depth  int // open elements
	stack  []byte
	marks  []int // where each open element's name starts in stack
	text   []byte
	err    error
}

// span is a piece of the buffer. It is relative to the buffer's start, and so
// is only valid until the next fill.
type span struct{ from, to int }

type attr struct{ name, value span }

// NewXML reads the document in r, which must be UTF-8.
func NewXML(r io.Reader) *XML { return &XML{b: buffer{r: r}} }

// Start tells whether the tag in hand opens its element.
func (x *XML) Start() bool { return x.start }

// Name is the element's name without a prefix, valid until the next call.
func (x *XML) Name() []byte {
	if x.copied {
		return local(x.text)
	}
	return x.b.data[x.local:x.name.to]
}

// Depth is how many elements are open, the one in hand included.
func (x *XML) Depth() int {
	if x.start {
		return x.depth
	}
	return x.depth + 1
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// NumAttr is the number of attributes of the start tag in hand.
func (x *XML) NumAttr() int { return len(x.attrs) }

// AttrAt is one attribute as it is written: name with prefix, value with its
// references. Valid until the next call of Next or Text.
func (x *XML) AttrAt(i int) (name, value []byte) {
	a := &x.attrs[i]
	return x.b.data[a.name.from:a.name.to], x.b.data[a.value.from:a.value.to]
}

// Raw is the value of an attribute as it is written, nil if there is none. It
// is right for numbers; text needs Attr.
func (x *XML) Raw(name string) []byte {
	for i := range x.attrs {
		a := &x.attrs[i]
		if string(x.b.data[a.name.from:a.name.to]) == name {
			return x.b.data[a.value.from:a.value.to:a.value.to]
		}
	}
	return nil
}

// Attr is the value of an attribute with its references resolved; ok is false
// if there is none. An unknown entity ends the reading with an error.
func (x *XML) Attr(name string) (value string, ok bool) {
	raw := x.Raw(name)
	if raw == nil {
		return "", false
	}
	if bytes.IndexByte(raw, '&') < 0 {
		return string(raw), true
	}
	out, err := unescape(nil, raw)
	if err != nil {
		x.fail(x.b.pos, "attribute %s: %v", name, err)
	}
	return string(out), true
}

// Err is what ended the reading; nil at the end of a whole document.
func (x *XML) Err() error { return x.err }

// Read is how many bytes of the document have been passed.
func (x *XML) Read() int64 { return x.b.read() }

// Errorf makes an error at the tag in hand.
func (x *XML) Errorf(format string, args ...any) error {
	return &Error{Line: x.b.line(x.b.pos), Err: fmt.Errorf(format, args...)}
}

func (x *XML) fail(p int, format string, args ...any) bool {
	if x.err == nil {
		x.err = &Error{Line: x.b.line(p), Err: fmt.Errorf(format, args...)}
	}
	return false
}

// Next goes to the next tag; false at the end of the document or on an error.
func (x *XML) Next() bool {
	if x.err != nil {
		return false
	}
	if x.empty {
		x.empty, x.start = false, false
		x.attrs = x.attrs[:0]
		x.depth--
		return true
	}
	b := &x.b
	for {
		i := bytes.IndexByte(b.data[b.pos:b.end], '<')
		if i < 0 {
			b.pos = b.end
			if !b.fill() {
				return x.finish()
			}
			continue
		}
		b.pos += i
		if b.end-b.pos < 2 && !b.fill() {
			return x.cut()
		}
		switch b.data[b.pos+1] {
		case '/':
			return x.endTag()
		case '?':
			if !x.skipTo("?>") {
				return false
			}
		case '!':
			if !x.declaration() {
				return false
			}
		default:
			return x.startTag()
		}
	}
}

// finish checks that the document ended where it may.
func (x *XML) finish() bool {
	if err := x.b.failure(); err != nil {
		x.err = err
		return false
	}
	if n := len(x.marks); n > 0 {
		return x.fail(x.b.pos, "the document ends inside <%s>; expected </%[1]s>", x.stack[x.marks[n-1]:])
	}
	return false
}

// cut reports a document that ends inside a tag.
func (x *XML) cut() bool {
	if err := x.b.failure(); err != nil {
		x.err = err
		return false
	}
	return x.fail(x.b.pos, "the document ends inside a tag; expected '>'")
}

func (x *XML) endTag() bool {
	b := &x.b
	var i int
	for searched := 0; ; {
		if i = bytes.IndexByte(b.data[b.pos+searched:b.end], '>'); i >= 0 {
			i += searched
			break
		}
		searched = b.end - b.pos
		if !b.fill() {
			return x.cut()
		}
	}
	name := b.data[b.pos+2 : b.pos+i]
	for n := len(name); n > 0 && isSpace(name[n-1]); n-- {
		name = name[:n-1]
	}
	last := len(x.marks) - 1
	if last < 0 {
		return x.fail(b.pos, "</%s> closes nothing", name)
	}
	if open := x.stack[x.marks[last]:]; !bytes.Equal(open, name) {
		return x.fail(b.pos, "</%s> where </%s> was expected", name, open)
	}
	x.text = append(x.text[:0], name...)
	x.copied = true
	x.stack = x.stack[:x.marks[last]]
	x.marks = x.marks[:last]
	x.attrs = x.attrs[:0]
	x.depth--
	x.start = false
	b.pos += i + 1
	return true
}

// startTag reads <name a="b" …> at pos. Whatever is not whole in the buffer is
// read again from its start once there is more.
func (x *XML) startTag() bool {
	b := &x.b
	for {
		end, ok := x.tag(b.data[:b.end], b.pos+1)
		if x.err != nil {
			return false
		}
		if ok {
			b.pos = end
			break
		}
		if !b.fill() {
			return x.cut()
		}
	}
	x.start, x.copied = true, false
	x.depth++
	if !x.empty {
		x.marks = append(x.marks, len(x.stack))
		x.stack = append(x.stack, b.data[x.name.from:x.name.to]...)
	}
	if x.depth > MaxDepth {
		return x.fail(b.pos, "elements nest deeper than %d", MaxDepth)
	}
	return true
}

// tag reads a start tag whose name begins at p. ok is false if data ends before
// the tag does.
func (x *XML) tag(data []byte, p int) (end int, ok bool) {
	x.attrs = x.attrs[:0]
	from := p
	x.local = p
	for ; p < len(data) && class[data[p]]&nameEnd == 0; p++ {
		if data[p] == ':' && x.local == from {
			x.local = p + 1
		}
	}
	if p >= len(data) {
		return 0, false
	}
	if p == from {
		x.fail(from, "%q after '<' where a name was expected", data[p])
		return 0, false
	}
	x.name = span{from, p}
	for {
		for p < len(data) && class[data[p]]&space != 0 {
			p++
		}
		if p+1 >= len(data) {
			if p < len(data) && data[p] == '>' {
				x.empty = false
				return p + 1, true
			}
			return 0, false
		}
		switch data[p] {
		case '>':
			x.empty = false
			return p + 1, true
		case '/':
			if data[p+1] != '>' {
				x.fail(p, "'/' inside <%s> where '/>' was expected", data[x.name.from:x.name.to])
				return 0, false
			}
			x.empty = true
			return p + 2, true
		}
		var more bool
		if p, more = x.attribute(data, p); !more {
			return 0, false
		}
	}
}

// attribute reads name = "value" at p and gives the position after it; ok is
// false if data ends before, or on an error.
func (x *XML) attribute(data []byte, p int) (end int, ok bool) {
	from := p
	for p < len(data) && class[data[p]]&nameEnd == 0 {
		p++
	}
	name := span{from, p}
	for p < len(data) && class[data[p]]&space != 0 {
		p++
	}
	if p >= len(data) {
		return 0, false
	}
	if name.from == name.to || data[p] != '=' {
		x.fail(p, "%q inside <%s> where an attribute was expected", data[p], data[x.name.from:x.name.to])
		return 0, false
	}
	p++
	for p < len(data) && class[data[p]]&space != 0 {
		p++
	}
	if p >= len(data) {
		return 0, false
	}
	quote := data[p]
	if quote != '"' && quote != '\'' {
		x.fail(p, "attribute %s of <%s> has no quoted value", data[name.from:name.to], data[x.name.from:x.name.to])
		return 0, false
	}
	p++
	from = p
	// Most values are numbers of a few digits: look at some bytes by hand
	// before asking for a search.
	for n := min(len(data), p+12); p < n && data[p] != quote; p++ {
	}
	if p >= len(data) || data[p] != quote {
		i := bytes.IndexByte(data[p:], quote)
		if i < 0 {
			return 0, false
		}
		p += i
	}
	if len(x.attrs) == MaxAttrs {
		x.fail(p, "<%s> has more than %d attributes", data[x.name.from:x.name.to], MaxAttrs)
		return 0, false
	}
	x.attrs = append(x.attrs, attr{name, span{from, p}})
	return p + 1, true
}

// declaration steps over what begins with "<!".
func (x *XML) declaration() bool {
	b := &x.b
	for b.end-b.pos < 9 && b.fill() {
	}
	switch head := b.data[b.pos:b.end]; {
	case bytes.HasPrefix(head, []byte("<!--")):
		b.pos += 4
		return x.skipTo("-->")
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		return x.skipTo("]]>")
	case bytes.HasPrefix(head, []byte("<!DOCTYPE")):
		return x.doctype()
	}
	return x.fail(b.pos, "'<!' where a tag, a comment or a DOCTYPE was expected")
}

// doctype steps over a DOCTYPE and its internal subset without reading either.
func (x *XML) doctype() bool {
	b := &x.b
	depth, quote := 0, byte(0)
	for {
		for p := b.pos; p < b.end; p++ {
			switch c := b.data[p]; {
			case quote != 0:
				if c == quote {
					quote = 0
				}
			case c == '"' || c == '\'':
				quote = c
			case c == '<' && b.end-p < 4 && b.err == nil:
				// What begins here is not whole in the buffer.
				b.pos = p
				b.fill()
				p = b.pos - 1
			case c == '<' && bytes.HasPrefix(b.data[p:b.end], []byte("<!--")):
				b.pos = p + 4
				if !x.skipTo("-->") {
					return false
				}
				p = b.pos - 1
			case c == '<':
				depth++
			case c == '>':
				if depth--; depth == 0 {
					b.pos = p + 1
					return true
				}
			}
		}
		b.pos = b.end
		if !b.fill() {
			return x.cut()
		}
	}
}

// skipTo steps over everything up to and including delim.
func (x *XML) skipTo(delim string) bool {
	b := &x.b
	for {
		if i := bytes.Index(b.data[b.pos:b.end], []byte(delim)); i >= 0 {
			b.pos += i + len(delim)
			return true
		}
		b.pos = max(b.pos, b.end-len(delim)+1)
		if !b.fill() {
			if x.err = b.failure(); x.err != nil {
				return false
			}
			return x.fail(b.pos, "the document ends where %q was expected", delim)
		}
	}
}

// Text reads the character data that follows the start tag in hand, up to the
// next tag, with references resolved and CDATA taken as it is. The bytes are
// valid until the next call; an element without text gives none. The name and
// attributes of the tag are gone after it.
func (x *XML) Text() []byte {
	if !x.start || x.empty {
		return nil
	}
	x.text = x.text[:0]
	x.attrs = x.attrs[:0]
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
			x.cdata()
		case bytes.HasPrefix(head, []byte("<!--")):
			b.pos += 4
			x.skipTo("-->")
		case bytes.HasPrefix(head, []byte("<?")):
			x.skipTo("?>")
		default:
			return x.text
		}
	}
	return nil
}

func (x *XML) cdata() {
	b := &x.b
	b.pos += len("<![CDATA[")
	for {
		if i := bytes.Index(b.data[b.pos:b.end], []byte("]]>")); i >= 0 {
			x.text = append(x.text, b.data[b.pos:b.pos+i]...)
			b.pos += i + 3
			return
		}
		if !b.fill() {
			x.cut()
			return
		}
	}
}

// unescape appends text to out with its references resolved.
func unescape(out, text []byte) ([]byte, error) {
	for {
		i := bytes.IndexByte(text, '&')
		if i < 0 {
			return append(out, text...), nil
		}
		out = append(out, text[:i]...)
		text = text[i+1:]
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

func referenced(name string) (rune, bool) {
	switch name {
	case "amp":
		return '&', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune
}

func isSpace(c byte) bool { return class[c]&space != 0 }

// class says what a byte may be inside a tag.
const (
	space   = 1 << iota // separates
	nameEnd             // ends a name
)

var class = [256]uint8{
	' ': space | nameEnd, '\t': space | nameEnd, '\n': space | nameEnd, '\r': space | nameEnd,
	'>': nameEnd, '/': nameEnd, '=': nameEnd, '"': nameEnd, '\'': nameEnd, '<': nameEnd,
}

// Root looks into the beginning of a document for its first element: its name
// without a prefix, and a reader of its attributes. ok is false where head does
// not look like XML, or ends before the element's tag does. A <root> that
// somebody put around several reports is looked into.
func Root(head []byte) (x *XML, ok bool) {
	trimmed := bytes.TrimLeft(head, " \t\r\n")
	if len(trimmed) < 2 || trimmed[0] != '<' {
		return nil, false
	}
	x = NewXML(bytes.NewReader(head))
	x.b.data, x.b.end, x.b.err = head, len(head), io.EOF
	ok = x.Next() && x.start
	if ok && string(x.Name()) == "root" {
		ok = x.Next() && x.start
	}
	return x, ok
}
