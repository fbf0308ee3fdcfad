package scan

import "slices"

// RowSize is how many numbers of a row can be kept.
const RowSize = 9

// Rows reads objects and arrays whose entries look alike, such as the million
// statements of a report:
//
//	"0":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}},
//
// read takes an entry apart with care and keeps the numbers that are wanted;
// take is called with them. How the entry was laid out is remembered: the next
// that differs from it in nothing but numbers and texts is not taken apart again,
// and read is not called for it.
//
// So what read keeps must follow from the entry alone, must not depend on numbers
// otherwise than by keeping them, nor on texts that were not read by Bytes. It
// may not ask for keys that consist of digits.
type Rows struct {
	j      *JSON
	read   func(key []byte)
	take   func(row *Row)
	row    Row
	places [RowSize]int64 // where in the document a number was read, 0 if it is the same in all such rows
	key    int64          // where the key was read
	texts  []int64        // where texts were read that are wanted
	missed bool           // no known layout is that of the next row
	once   bool           // the row in hand is not to be remembered
	known  []*rowLayout   // the one used last comes first
	credit int            // what may be spent on learning
}

// Row are the numbers kept of an entry, 0 where none was kept.
type Row [RowSize]int64

// NewRows reads rows of a document. An array has no keys.
func NewRows(j *JSON, read func(key []byte), take func(row *Row)) *Rows {
	return &Rows{j: j, read: read, take: take, credit: maxCredit}
}

// Object reads an object of rows. null has none.
func (r *Rows) Object() {
	r.j.entries('{', func() {
		if r.run() {
			return
		}
		start := r.j.Read()
		r.key = r.place() + 1
		if key, ok := r.j.key(); ok {
			r.careful(start, key)
		}
	})
}

// Array reads an array of rows. null has none.
func (r *Rows) Array() {
	r.j.entries('[', func() {
		if !r.run() {
			r.careful(r.j.Read(), nil)
		}
	})
}

// careful reads an entry that began at start and whose value comes next.
func (r *Rows) careful(start int64, key []byte) {
	j := r.j
	r.row, r.places, r.texts, r.once = Row{}, [RowSize]int64{}, r.texts[:0], false
	j.pending = true
	r.read(key)
	j.rest()
	if j.err == nil {
		r.learn(start)
		r.take(&r.row)
	}
}

// run reads entries for as long as they are laid out as remembered, and reports
// whether there was one.
func (r *Rows) run() (any bool) {
	j, b := r.j, &r.j.b
	if r.missed {
		r.missed = false
		return false
	}
	for i := 0; i < len(r.known); {
		l := r.known[i]
		n := 0
		if j.depth+l.depth <= MaxDepth {
			n = l.match(b.data[b.pos:b.end], &r.row)
		}
		if n == 0 {
			i++
			continue
		}
		b.pos += n
		any = true
		r.credit++
		if i > 0 {
			copy(r.known[1:], r.known[:i])
			r.known[0] = l
			i = 0
		}
		if r.take(&r.row); j.err != nil || b.pos == b.end || b.data[b.pos] != ',' {
			return true
		}
		b.pos++
	}
	if any {
		b.pos-- // the comma before an entry that is laid out in another way
		r.missed = true
	}
	return any
}

// Key keeps a key that is a number; it is an error if it is none. what says what
// was expected.
func (r *Rows) Key(i int, key []byte, what string) {
	n, ok := Int(key)
	if !ok {
		r.j.Fail("%q where %s was expected", key, what)
		return
	}
	r.row[i], r.places[i] = int64(n), r.key
}

// Int keeps the value that comes next, a whole number as JSON.Int reads it, or
// -1 if it is none.
func (r *Rows) Int(i int) (ok bool) {
	place := r.place()
	n, ok := r.j.Int()
	return r.keep(i, int64(n), ok, place)
}

// Count keeps the value that comes next, a count as JSON.Count reads it, or -1
// if it is none.
func (r *Rows) Count(i int) (ok bool) {
	place := r.place()
	n, ok := r.j.Count()
	return r.keep(i, n, ok, place)
}

// Bool keeps the value that comes next: 1 if it is true, 0 for anything else.
func (r *Rows) Bool(i int) {
	n := int64(0)
	if r.j.Bool() {
		n = 1
	}
	r.Set(i, n)
}

// place is where in the document the next value begins. A number that is kept is
// found again in the entry's text by that.
func (r *Rows) place() int64 {
	r.j.peek()
	return r.j.Read()
}

// keep keeps a number and where it was read. What is none has no place: entries that
// are laid out alike have none there either.
func (r *Rows) keep(i int, n int64, ok bool, place int64) bool {
	if !ok {
		n, place = -1, 0
	}
	r.row[i], r.places[i] = n, place
	return ok
}

// Bytes reads a text as JSON.Bytes does. What is kept may follow from it, but
// not from texts that were read otherwise.
func (r *Rows) Bytes() (text []byte, ok bool) {
	r.texts = append(r.texts, r.place()+1)
	return r.j.Bytes()
}

// Set keeps what was found out from texts and other values than numbers.
func (r *Rows) Set(i int, n int64) { r.row[i], r.places[i] = n, 0 }

// Once says that read has done more with the entry than to keep numbers of it,
// so that it must not be remembered.
func (r *Rows) Once() { r.once = true }

const (
	maxRowLayouts = 8
	maxRow        = 1 << 10 // bytes
	maxCredit     = 500
	learning      = 50 // rows read as remembered that pay for learning another layout
)

// learn remembers how the entry in hand is laid out, from start to where the
// document has been read. Where that keeps being of no use, it is done rarely.
func (r *Rows) learn(start int64) {
	r.credit = min(r.credit+1, maxCredit)
	if r.credit < learning {
		return
	}
	r.credit -= learning
	b := &r.j.b
	n := b.read() - start
	if r.once || start < b.offset || n > maxRow {
		return
	}
	from := int(start - b.offset)
	l := r.layout(b.data[from:b.pos], start)
	// A layout is believed only after it has read the very entry that it was made of
	// as the careful way did.
	var again Row
	if l == nil || l.match(b.data[from:b.end], &again) != int(n) || again != r.row {
		return
	}
	r.known = slices.Insert(r.known[:min(len(r.known), maxRowLayouts-1)], 0, l)
}

// NewCounts is rows of a number and a count, {"12":3,"13":null}: take gets those
// that have one. what says what the numbers are.
func NewCounts(j *JSON, what string, take func(n int, count int64)) *Rows {
	var r *Rows
	r = NewRows(j, func(key []byte) {
		r.Key(0, key, what)
		r.Count(1)
	}, func(row *Row) {
		if row[1] >= 0 {
			take(int(row[0]), row[1])
		}
	})
	return r
}
