package scan

// MaxFields is the largest number of attributes that a Record names.
const MaxFields = 7

// Record is an element that a report repeats for every line or point, and of
// which its format reads a few attributes. It is found by its place among the
// records given to NewXML, its attributes by theirs: no names are compared for
// a record that is written like one before.
//
// The end of a record is not given by Next. A record of which no attribute is
// named is passed over, its start as well as its end; what stands inside is not.
type Record struct {
	Name  string   // without a prefix
	Attrs []string // names as they are written
	Depth int      // only those at this depth, the root's being 1, and passes over the others; 0 is all
}

// field is the value of one attribute of a record.
type field struct {
	number int64
	// Four bytes suffice: a buffer is never larger than a few MaxToken.
	from, to uint32 // where it stands in the buffer
}

// none is the place of an element that is no record.
const none = -1

// Record is the place of the record in hand among those given to NewXML, below
// zero if the tag is of another element.
func (x *XML) Record() int { return int(x.record) }

// Has reports whether the record in hand has its attribute i.
func (x *XML) Has(i int) bool { return x.present>>i&1 != 0 }

// Value is attribute i of the record in hand as it is written, nil if there is
// none. It is valid until the next call of Next or Text.
func (x *XML) Value(i int) []byte {
	if !x.Has(i) {
		return nil
	}
	f := &x.fields[i]
	return x.b.data[f.from:f.to:f.to]
}

// Int reads attribute i of the record in hand as the function Int does; it is 0
// if there is none.
func (x *XML) Int(i int) (n int, ok bool) {
	// Where the layout was known, the number is known already.
	ok = x.known>>i&1 != 0 || x.oddInt(i)
	return int(x.fields[i].number), ok
}

// Count reads attribute i of the record in hand as the function Count does; it
// is 0 if there is none.
func (x *XML) Count(i int) (n int64, ok bool) {
	ok = x.known>>i&1 != 0 || x.oddCount(i)
	return x.fields[i].number, ok
}

// What is no short number is read by functions of their own, which are calls:
// Int and Count are not.

//go:noinline
func (x *XML) oddInt(i int) (ok bool) {
	n, ok := Int(x.Value(i))
	x.fields[i].number = int64(n)
	return ok
}

//go:noinline
func (x *XML) oddCount(i int) (ok bool) {
	x.fields[i].number, ok = Count(x.Value(i))
	return ok
}

// recordOf finds the record of an element.
func (x *XML) recordOf(name []byte) int8 {
	for i := range x.records {
		if x.records[i].Name == string(name) {
			return int8(i)
		}
	}
	return none
}

// passed reports whether the tag in hand is not to be given.
// Ends of records are not: who reads a record has read it whole at its start, and
// half of all calls are saved.
func (x *XML) passed() bool {
	if x.record < 0 {
		return false
	}
	r := &x.records[x.record]
	return !x.start || len(r.Attrs) == 0 || r.Depth > 0 && r.Depth != x.Depth()
}

// setFields fills the fields from the attributes of the record in hand.
func (x *XML) setFields() {
	for i := range x.attrs {
		value := x.attrs[i].value
		f := x.fieldOf(i)
		x.fields[f].from, x.fields[f].to = uint32(value.from), uint32(value.to)
		x.present |= 1 << f
	}
}

// fieldOf assigns attribute i of the record in hand its place among the fields.
func (x *XML) fieldOf(i int) uint8 {
	name := x.b.data[x.attrs[i].name.from:x.attrs[i].name.to]
	for at, wanted := range x.records[x.record].Attrs {
		if string(name) == wanted {
			return uint8(at)
		}
	}
	return nowhere
}

// nowhere is the field of the attributes that nobody asked for.
const nowhere = MaxFields
