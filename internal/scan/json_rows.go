package scan

// RowSize is how many numbers of a row can be kept.
const RowSize = 8

// Rows reads objects and arrays whose entries look alike, such as the million
// statements of a report:
//
//	"0":{"start":{"line":3,"column":4},"end":{"line":3,"column":40}},
//
// read takes an entry apart with care and keeps the numbers that are wanted;
// take is called with them. How the entry was laid out is remembered: the next
// that differs from it in nothing but its numbers is not taken apart again, and
// read is not called for it.
//
// So what read keeps must follow from the entry alone, and must not depend on
// numbers otherwise than by keeping them. It may not ask for keys that consist
// of digits.
type Rows struct {
	j      *JSON
	read   func(key []byte)
	take   func(row *Row)
	row    Row
	places [RowSize]int64 // where in the document a number was read, 0 if it is the same in all such rows
	key    int64          // where the key was read
	once   bool           // the row in hand is not to be remembered
	known  []*layout      // the one used last comes first
	misses int            // rows since one was laid out as remembered
}

// Row are the numbers kept of an entry, 0 where none was kept. The last place
// takes the numbers that nobody wants.
type Row [RowSize + 1]int64

// NewRows reads rows of a document. An array has no keys.
func NewRows(j *JSON, read func(key []byte), take func(row *Row)) *Rows {
	return &Rows{j: j, read: read, take: take}
}

// Object reads an object of rows. null has none.
func (r *Rows) Object() {
	j := r.j
	if !j.enter('{', "an object") {
		return
	}
	for first := true; j.next(first, '}'); first = false {
		if r.run() {
			continue
		}
		start := j.Read()
		r.key = r.place() + 1
		if key, ok := j.key(); ok {
			r.careful(start, key)
		}
	}
	j.leave()
}

// Array reads an array of rows. null has none.
func (r *Rows) Array() {
	j := r.j
	if !j.enter('[', "an array") {
		return
	}
	for first := true; j.next(first, ']'); first = false {
		if !r.run() {
			r.careful(j.Read(), nil)
		}
	}
	j.leave()
}

// careful reads an entry that began at start and whose value comes next.
func (r *Rows) careful(start int64, key []byte) {
	j := r.j
	r.row, r.places, r.once = Row{}, [RowSize]int64{}, false
	j.pending = true
	r.read(key)
	j.rest()
	if j.err == nil {
		r.learn(start)
		r.take(&r.row)
	}
}

// run reads entries for as long as they are laid out as remembered, and tells
// whether there was one.
func (r *Rows) run() (any bool) {
	j, b := r.j, &r.j.b
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
		any, r.misses = true, 0
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

func (r *Rows) place() int64 {
	r.j.peek()
	return r.j.Read()
}

func (r *Rows) keep(i int, n int64, ok bool, place int64) bool {
	if !ok {
		n, place = -1, 0
	}
	r.row[i], r.places[i] = n, place
	return ok
}

// Set keeps what was found out from texts and other values than numbers.
func (r *Rows) Set(i int, n int64) { r.row[i], r.places[i] = n, 0 }

// Once says that read has done more with the entry than to keep numbers of it,
// so that it must not be remembered.
func (r *Rows) Once() { r.once = true }

const (
	maxLayouts   = 8
	maxLayout    = 1 << 10 // bytes
	maxSurprises = 32
)

// learn remembers how the entry in hand is laid out, from start to where the
// document has been read. Where rows keep being different, only some are.
func (r *Rows) learn(start int64) {
	if r.misses++; r.misses > maxSurprises && r.misses%maxSurprises != 0 {
		return
	}
	b := &r.j.b
	n := b.read() - start
	if r.once || start < b.offset || n > maxLayout {
		return
	}
	from := int(start - b.offset)
	l := newLayout(b.data[from:b.pos], start, r)
	var again Row
	if l == nil || l.match(b.data[from:b.end], &again) != int(n) || [RowSize]int64(again[:]) != [RowSize]int64(r.row[:]) {
		return
	}
	if len(r.known) < maxLayouts {
		r.known = append(r.known, nil)
	}
	copy(r.known[1:], r.known)
	r.known[0] = l
}
