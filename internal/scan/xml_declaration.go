package scan

import "bytes"

// declaration steps over what begins with "<!".
func (x *XML) declaration() bool {
	b := &x.b
	// Nine bytes tell <![CDATA[ and <!DOCTYPE apart. At the end fewer must do.
	for b.end-b.pos < 9 && b.fill() {
	}
	switch head := b.data[b.pos:b.end]; {
	case bytes.HasPrefix(head, []byte("<!--")):
		b.pos += 4
		return x.skipTo("-->", nil)
	case bytes.HasPrefix(head, []byte("<![CDATA[")):
		return x.skipTo("]]>", nil)
	case bytes.HasPrefix(head, []byte("<!DOCTYPE")):
		return x.doctype()
	}
	return x.fail(b.pos, "'<!' where a tag, a comment or a DOCTYPE was expected")
}

// doctype steps over a DOCTYPE and its internal subset without reading either.
// Entities that it declares stay unknown, so that no "billion laughs" can expand
// and nothing is fetched: JaCoCo's and Cobertura's reports name a DTD by an address.
// Quotes and comments are heeded, since either may hold a '>'.
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
				if !x.skipTo("-->", nil) {
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

// skipTo steps over everything up to and including delim. What comes before it is
// appended to kept, unless that is nil.
func (x *XML) skipTo(delim string, kept *[]byte) bool {
	b := &x.b
	for {
		i := bytes.Index(b.data[b.pos:b.end], []byte(delim))
		next := b.pos + i
		if i < 0 { // the end of what is there may be a part of delim
			next = max(b.pos, b.end-len(delim)+1)
		}
		if kept != nil {
			if *kept = append(*kept, b.data[b.pos:next]...); len(*kept) > MaxToken {
				return x.fail(b.pos, "a single token is longer than %d bytes", MaxToken)
			}
		}
		b.pos = next
		if i >= 0 {
			b.pos += len(delim)
			return true
		}
		if !b.fill() {
			return x.ended("the document ends where %q was expected", delim)
		}
	}
}
