package coverage

import "github.com/gatewright/gatewright/internal/scan"

// Entry reads an object that is about one file, whose path is the value of the
// key name. JSON has no order of keys: the path may come after the lines, so that
// they are collected in an unnamed file first. each reads the other keys. One that
// has none called lines is an error: of its lines nothing is known.
func (r *Report) Entry(j *scan.JSON, name, lines string, each func(f *File, key []byte)) {
	f, found := r.nameless(), false
	j.Object(func(key []byte) {
		if string(key) == name {
			f = r.name(f, j.String())
			return
		}
		found = found || string(key) == lines
		each(f, key)
	})
	switch {
	case f == &r.unnamed:
		j.Fail("a file without its %q", name)
	case !found:
		j.Fail("%s without its %q", f.Path, lines)
	}
}

// Attributes returns the total that two attributes of the tag in hand state, each
// of them where it is a number; both reports whether they are.
func Attributes(x *scan.XML, unit Unit, covered, total string) (s Stated, both bool) {
	s = Total(covered+", "+total, unit)
	n, ok := scan.Int(x.Raw(covered))
	if ok {
		s.Covered = n
	}
	m, ok2 := scan.Int(x.Raw(total))
	if ok2 {
		s.Coverable = m
	}
	return s, ok && ok2
}
