package scan

import "bytes"

// endTag reads </name> at pos.
func (x *XML) endTag() bool {
	b := &x.b
	last := len(x.marks) - 1
	if last >= 0 {
		// Mostly it is just as it has to be.
		open := x.stack[x.marks[last].name:]
		if n := 2 + len(open); b.end-b.pos > n && b.data[b.pos+n] == '>' && bytes.Equal(b.data[b.pos+2:b.pos+n], open) {
			x.close(n + 1)
			return true
		}
	}
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
	if last < 0 {
		return x.fail(b.pos, "</%s> closes nothing", name)
	}
	if open := x.stack[x.marks[last].name:]; !bytes.Equal(open, name) {
		return x.fail(b.pos, "</%s> where </%s> was expected", name, open)
	}
	x.close(i + 1)
	return true
}

// close goes past the end tag at pos, of size bytes, of the innermost element.
func (x *XML) close(size int) {
	last := len(x.marks) - 1
	m := x.marks[last]
	from := x.b.pos + 2
	x.name = span{from, from + len(x.stack) - m.name}
	x.local = from + m.prefix
	x.record = m.record
	x.stack = x.stack[:m.name]
	x.marks = x.marks[:last]
	x.attrs = x.attrs[:0]
	x.depth--
	x.start = false
	x.b.pos += size
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
	x.start = true
	if x.record = x.recordOf(x.Name()); x.record >= 0 {
		x.setFields()
		x.grow(x.name.from-1, b.pos)
	}
	// Open elements are kept in memory, and callers may recurse.
	if x.depth == MaxDepth {
		return x.fail(b.pos, "elements nest deeper than %d", MaxDepth)
	}
	x.single = x.empty && x.record >= 0
	if x.single {
		x.empty = false
		return true
	}
	if x.empty {
		x.depth++
		return true
	}
	x.open()
	return true
}

// open remembers the element in hand until its end.
// Names lie behind each other in one stack of bytes: a string for each element
// would be most of what reading a report allocates.
func (x *XML) open() {
	x.depth++
	x.marks = append(x.marks, mark{len(x.stack), x.local - x.name.from, x.record})
	x.stack = append(x.stack, x.b.data[x.name.from:x.name.to]...)
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
		p = pass(data, p, space)
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

// attribute reads name = "value" at p and returns the position after it; ok is
// false if data ends before, or on an error.
func (x *XML) attribute(data []byte, p int) (end int, ok bool) {
	from := p
	for p < len(data) && class[data[p]]&nameEnd == 0 {
		p++
	}
	name := span{from, p}
	p = pass(data, p, space)
	if p >= len(data) {
		return 0, false
	}
	if name.from == name.to || data[p] != '=' {
		x.fail(p, "%q inside <%s> where an attribute was expected", data[p], data[x.name.from:x.name.to])
		return 0, false
	}
	p++
	p = pass(data, p, space)
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
	// Not well-formed, and a way to make two readers see two reports.
	if x.repeated(data, name) {
		x.fail(name.from, "attribute %s of <%s> stands there twice", data[name.from:name.to], data[x.name.from:x.name.to])
		return 0, false
	}
	x.attrs = append(x.attrs, attr{name, span{from, p}})
	return p + 1, true
}

// repeated reports whether the tag in hand has an attribute of that name. Of the
// few attributes that tags have all are looked at; where there are many, no more
// than the last ones, which keeps hostile tags cheap.
func (x *XML) repeated(data []byte, name span) bool {
	const most = 32
	for _, a := range x.attrs[max(len(x.attrs)-most, 0):] {
		if a.name.to-a.name.from == name.to-name.from && bytes.Equal(data[a.name.from:a.name.to], data[name.from:name.to]) {
			return true
		}
	}
	return false
}

// pass returns the position of the first byte from p on that is not of a class.
func pass(data []byte, p int, of uint8) int {
	for p < len(data) && class[data[p]]&of != 0 {
		p++
	}
	return p
}

// isSpace reports whether XML calls a byte white space.
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
