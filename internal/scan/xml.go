package scan

import (
	"bytes"
	"fmt"
	"io"
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
// An element written <a/> has a start and an end like any other. Tags must
// nest and be closed. Comments, processing instructions and the DOCTYPE are
// stepped over; nothing they name is loaded and no entity they declare is
// known, so there is nothing that could expand. Names are given without their
// namespace prefix.
//
// What comes again and again is read as a Record.
type XML struct {
	b     buffer
	name  span
	local int // where the name begins after its prefix
	attrs []attr
	start bool
	empty bool // the tag in hand is <a/>, and its end is still to be given
	depth int  // open elements
	stack []byte
	marks []mark // the open elements
	text  []byte
	err   error

	records []Record
	layouts layouts
	record  int8 // of the tag in hand
	single  bool // it is <a/>, and its end is not to be given
	unread  bool // the layout of the tag in hand was known: its name and attributes were not looked at
	tagged  int  // where that tag begins
	fields  [MaxFields + 1]field
	present uint8 // which of the fields the record in hand has
	known   uint8 // of which of them the number is known
}

// mark is an open element.
type mark struct {
	name   int // where its name starts in the stack
	prefix int // how long the name's prefix is
	record int8
}

// span is a piece of the buffer. It is relative to the buffer's start, and so
// is only valid until the next fill.
type span struct{ from, to int }

type attr struct{ name, value span }

// NewXML reads the document in r, which must be UTF-8. A record names no more
// than MaxFields attributes.
func NewXML(r io.Reader, records ...Record) *XML {
	for _, record := range records {
		if len(record.Attrs) > MaxFields {
			panic("scan: too many attributes of record " + record.Name)
		}
	}
	return &XML{b: buffer{r: r}, records: records, record: none}
}

// Start reports whether the tag in hand opens its element.
func (x *XML) Start() bool { return x.start }

// Name is the element's name without a prefix, valid until the next call; "" if
// there is no tag in hand.
func (x *XML) Name() []byte {
	x.reread()
	return x.b.data[x.local:x.name.to]
}

// Depth is how many elements are open, the one in hand included.
func (x *XML) Depth() int {
	if x.start && !x.single {
		return x.depth
	}
	return x.depth + 1
}

// Raw is the value of an attribute as it is written, nil if there is none. It
// is right for numbers; text needs Attr.
func (x *XML) Raw(name string) []byte {
	x.reread()
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

// fail ends the reading with an error at position p of the buffer, unless there
// was one before. It returns false for callers that return at once.
func (x *XML) fail(p int, format string, args ...any) bool {
	if x.err == nil {
		x.err = &Error{Line: x.b.line(p), Err: fmt.Errorf(format, args...)}
	}
	return false
}

// Next goes to the next tag; false at the end of the document or on an error.
func (x *XML) Next() bool {
	for x.err == nil {
		switch {
		case x.empty:
			x.endEmpty()
			return true
		case x.again():
			return true
		case !x.careful():
			// Of a tag that is not whole, and may have been read in part, nothing is known.
			x.name, x.local, x.attrs = span{}, 0, x.attrs[:0]
			return false
		case !x.passed():
			return true
		}
	}
	return false
}

// Each calls tag for every tag until the end, an error of the document, or one
// that tag returns.
func (x *XML) Each(tag func() error) error {
	for x.Next() {
		if err := tag(); err != nil {
			return err
		}
	}
	return x.err
}

// endEmpty is the end of the tag in hand, which is written <a/>.
// The name stays where it is in the buffer; the attributes are gone as at any end.
func (x *XML) endEmpty() {
	x.empty, x.start = false, false
	x.attrs = x.attrs[:0]
	x.depth--
}

// careful reads any tag.
// It knows no layouts, so that it is right about whatever again and follow leave
// to it, and all that they know they have learnt from it.
func (x *XML) careful() bool {
	b := &x.b
	x.unread, x.known, x.present = false, 0, 0
	for {
		p := find(b.data[:b.end], b.pos, '<')
		if p < 0 {
			b.pos = b.end
			if !b.fill() {
				return x.finish()
			}
			continue
		}
		b.pos = p
		// The byte after '<' says what begins.
		if b.end-b.pos < 2 && !b.fill() {
			return x.cut()
		}
		switch b.data[b.pos+1] {
		case '/':
			return x.endTag()
		case '?':
			if !x.skipTo("?>", nil) {
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
	if n := len(x.marks); n > 0 {
		return x.ended("the document ends inside <%s>; expected </%[1]s>", x.stack[x.marks[n-1].name:])
	}
	x.err = x.b.failure()
	return false
}

// cut reports a document that ends inside a tag.
func (x *XML) cut() bool { return x.ended("the document ends inside a tag; expected '>'") }

// ended reports that no more came: what the reader said, or else that the
// document ends too early.
func (x *XML) ended(format string, args ...any) bool {
	if x.err = x.b.failure(); x.err != nil {
		return false
	}
	return x.fail(x.b.pos, format, args...)
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
