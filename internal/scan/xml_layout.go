package scan

import "math/bits"

// layouts remembers how records were written, so that the next one can be read
// by comparing: a report has a handful of layouts, millions of times over. It
// is a tree of steps. A step is what stands literally before a value, such as
// `<line number="` and `" hits="`, or before the end of the tag, and leads to
// the steps that followed it so far. A tag that leaves the tree is read the
// careful way, and becomes a part of the tree.
//
// That is safe because the careful way reads from left to right and keeps
// nothing in mind but the attributes: what it makes of a literal depends on no
// value before it.
type layouts struct {
	first  *step // what the last record began with, and then what others did
	steps  []step
	left   int64 // where in the document a record was last not in the tree
	misses int   // how many such came close to each other
	pause  int   // for how many tags not to look
}

const (
	maxSteps   = 128 // in the tree; a document that needs more begins a new one
	maxChoices = 8   // steps tried at one place
	maxLayout  = 256 // bytes of all literals of a layout
)

type step struct {
	low, high         uint64 // the literal's bytes, little-endian
	lowMask, highMask uint64 // which of them count
	next              *step  // the first of those that come after it
	other             *step  // what may stand in its place
	size              uint8
	then              uint8
	field             uint8  // what the value is of the record
	bit               uint8  // of the field
	present           uint8  // which fields the whole layout has
	width             uint8  // of the number, 1 to 7
	changed           uint32 // where in the buffer that changed
	fickle            uint8  // how often it changed soon after a change
	record            int8
	passed            bool  // it is not to be given
	depth             uint8 // where it is to be given, 0 for anywhere
}

// What comes after the literal of a step.
const (
	more     = iota // more of it: a step has no more than 16 bytes
	aNumber         // a number in double quotes, mostly with as many digits as before
	aValue          // any value in double quotes
	endOpen         // the content of the element
	endEmpty        // what comes after the element: it is empty
)

// again goes to the next record and reads it, as long as all that comes is
// written as it was before. It returns false where it is not, or is not whole in
// the buffer.
func (x *XML) again() bool {
	b := &x.b
	data := b.data[:b.end]
	if x.layouts.pause > 0 {
		x.layouts.pause--
		return false
	}
	for x.layouts.first != nil && x.depth < MaxDepth {
		p := b.pos
		if p < 0 || p > len(data)-room {
			return false
		}
		if tags := marks(load(data[p:]), '<'); tags != 0 {
			p += bits.TrailingZeros64(tags) / 8
		} else if p = find(data, p+8, '<'); p < 0 {
			return false
		}
		b.pos = p
		end, last := x.follow(data, p)
		if last == nil {
			return false
		}
		b.pos = end
		passed := last.passed || last.depth != 0 && int(last.depth) != x.depth+1
		if last.then == endEmpty && passed {
			continue
		}
		x.tagged, x.record = p, last.record
		x.start, x.unread, x.single = true, true, true
		if last.then == endOpen {
			x.single = false
			x.reread()
			x.open()
		}
		if !passed {
			return true
		}
	}
	return false
}

// reread finds name and attributes of a record whose layout was known.
func (x *XML) reread() {
	if x.unread {
		x.unread = false
		x.tag(x.b.data[:x.b.end], x.tagged+1)
		x.empty = false
	}
}

// room is how many bytes a step looks at: up to 31 of its literal, as far as
// the compiler can tell, and a word after it.
const room = 40

// matches reports whether the step's literal is what comes.
func (s *step) matches(ahead *[room]byte) bool {
	return (load(ahead[:8])^s.low)&s.lowMask|(load(ahead[8:16])^s.high)&s.highMask == 0
}

// expect takes note of a number with n digits where another width was expected.
// To go by the width costs less than to look for the quote, as long as it is
// right.
func (s *step) expect(n, p int) {
	if n&7 == 0 {
		return
	}
	if uint32(p)-s.changed > 512 {
		s.fickle = 0
	}
	s.width, s.changed = uint8(n), uint32(p)
	if s.fickle++; s.fickle > 16 {
		s.then = aValue
	}
}

// instead finds the step in place of s that matches, nil if there is none. Of
// those that a tag begins with it puts that one first.
func (l *layouts) instead(s *step, ahead *[room]byte) *step {
	if s != l.first {
		for s = s.other; s != nil && !s.matches(ahead); s = s.other {
		}
		return s
	}
	for at := &l.first; *at != nil; at = &(*at).other {
		if s := *at; s.matches(ahead) {
			*at = s.other
			l.first, s.other = s, l.first
			return s
		}
	}
	return nil
}

// follow walks the tree along the tag at p and fills the fields. It returns where
// the tag ends and its last step, nil if the tag is none of the tree's or not
// whole.
func (x *XML) follow(data []byte, p int) (end int, last *step) {
	known := uint8(0)
	s := x.layouts.first
	for p >= 0 && p <= len(data)-room {
		ahead := (*[room]byte)(data[p:])
		if !s.matches(ahead) {
			if s = x.layouts.instead(s, ahead); s == nil {
				break
			}
		}
		size := int(s.size & 31)
		p += size
		switch s.then {
		case aNumber:
			f := &x.fields[s.field&7]
			f.from = uint32(p)
			word, n := load(ahead[size:size+8]), int(s.width&7)
			if IsWide(word, n) && byte(word>>(8*n)) == '"' {
				p += n
				f.to = uint32(p)
				f.number = int64(Decimal(word, n))
				known |= s.bit
				break
			}
			s.expect(Digits(word), p)
			fallthrough
		case aValue:
			f := &x.fields[s.field&7]
			f.from = uint32(p)
			word := load(ahead[size : size+8])
			if quotes := marks(word, '"'); quotes != 0 {
				n := bits.TrailingZeros64(quotes) / 8
				p += n
				if n > 0 && IsWide(word, n) {
					f.number = int64(Decimal(word, n))
					known |= s.bit
				}
			} else if p = find(data[:len(data):len(data)], p+8, '"'); p < 0 {
				return 0, nil
			}
			f.to = uint32(p)
		case endOpen, endEmpty:
			x.known, x.present = known, s.present
			return p, s
		}
		s = s.next
	}
	return 0, nil
}

// missed takes note of a record that is not in the tree, and reports whether it
// should be. A document in which hardly a tag is written like one before must
// not be slower for that: it is mostly read without looking at the tree.
func (l *layouts) missed(at int64) bool {
	if at-l.left > 1<<10 {
		l.misses = 0
	}
	l.left = at
	if l.pause > 0 {
		return false
	}
	if l.misses++; l.misses >= 64 && l.misses%8 == 0 {
		l.pause = 512
	}
	return true
}

// forget begins a new tree.
func (l *layouts) forget() { l.first, l.steps = nil, l.steps[:0] }

// grow puts the tag in hand, which begins at from, into the tree.
func (x *XML) grow(from, end int) {
	l := &x.layouts
	if !l.missed(x.b.read()) {
		return
	}
	data, size := x.b.data, end-from
	for i := range x.attrs {
		a := &x.attrs[i]
		if size -= a.value.to - a.value.from; data[a.value.to] != '"' {
			return
		}
	}
	if size > maxLayout {
		return
	}
	if l.steps == nil {
		l.steps = make([]step, 0, maxSteps)
	}
	if maxSteps-len(l.steps) < size/16+len(x.attrs)+1 {
		l.forget()
	}
	at := &l.first
	for i := range x.attrs {
		a := &x.attrs[i]
		f := x.fieldOf(i)
		s := step{then: aValue, field: f, bit: 1 << f}
		if value := data[a.value.from:a.value.to]; len(value) < 8 && data[a.value.from]-'0' <= 9 {
			s.then, s.width = aNumber, uint8(len(value))
		}
		if at = l.literal(at, data[from:a.value.from], s); at == nil {
			return
		}
		from = a.value.to
	}
	last := step{then: endOpen, record: x.record, present: x.present, passed: len(x.records[x.record].Attrs) == 0, depth: uint8(x.records[x.record].Depth)}
	if x.empty {
		last.then = endEmpty
	}
	l.literal(at, data[from:end], last)
}

// literal puts one literal into the tree, in steps of which the last is s. It
// returns where the next literal goes, nil if there are too many of them here.
func (l *layouts) literal(at **step, b []byte, s step) **step {
	for ; len(b) > 16 && at != nil; b = b[16:] {
		at = l.put(at, b[:16], step{then: more})
	}
	if at == nil {
		return nil
	}
	return l.put(at, b, s)
}

// put finds the step for a literal of up to 16 bytes, or makes it.
func (l *layouts) put(at **step, b []byte, s step) **step {
	var full, mask [16]byte
	for i := range b {
		full[i], mask[i] = b[i], 0xff
	}
	s.low, s.high, s.size = load(full[:]), load(full[8:]), uint8(len(b))
	s.lowMask, s.highMask = load(mask[:]), load(mask[8:])
	for tried := 0; *at != nil; at = &(*at).other {
		if old := *at; old.low == s.low && old.high == s.high && old.size == s.size {
			return &old.next
		}
		if tried++; tried == maxChoices {
			l.forget()
			return nil
		}
	}
	l.steps = append(l.steps, s)
	*at = &l.steps[len(l.steps)-1]
	return &(*at).next
}
