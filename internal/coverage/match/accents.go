package match

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

// accents decides between files whose names differ in nothing but how their accents
// are written: the path as the tool wrote it says which is meant, as far as it is
// the same, byte for byte.
func (m *matcher) accents(found []Match) {
	for i := range found {
		f := &found[i]
		if f.Path == "" || m.tree == nil || ascii(f.Path) {
			continue
		}
		twins := m.tree.twins(f.Path)
		if len(twins) < 2 {
			continue
		}
		like := best(twins, 0, func(file int32) int { return commonEnd(m.tree.files[file], f.Report) })
		if len(like) > 1 || !slices.ContainsFunc(like, func(file int32) bool { return sameEnd(m.tree.files[file], f.Report) }) {
			m.unclear(f, twins, "their names differ in how accents are written")
			continue
		}
		f.Path = m.tree.files[like[0]]
	}
}

// twins returns the files that a path is, accents being written either way.
func (t *Tree) twins(p string) []int32 {
	composed := norm.NFC.String(p)
	return keep(t.namesakes(key(p)), func(f int32) bool { return norm.NFC.String(t.files[f]) == composed })
}

// sameEnd reports whether the last components of a file are those of a path as a
// tool wrote it.
func sameEnd(file, p string) bool {
	n := commonEnd(file, p)
	return n == len(file) || n > 0 && !slices.ContainsFunc([]byte(file[:len(file)-n]), func(c byte) bool { return c >= 0x80 })
}

// commonEnd is how many bytes at their ends two paths have in common, separators
// being written either way.
func commonEnd(a, b string) (n int) {
	slash := func(c byte) byte {
		if c == '\\' {
			return '/'
		}
		return c
	}
	for n < min(len(a), len(b)) && slash(a[len(a)-1-n]) == slash(b[len(b)-1-n]) {
		n++
	}
	return n
}
