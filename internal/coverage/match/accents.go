package match

import (
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
		same := keep(twins, func(file int32) bool { return sameEnd(m.tree.files[file], f.Report) })
		if len(same) != 1 {
			m.unclear(f, twins, "their names differ in how accents are written")
			continue
		}
		f.Path = m.tree.files[same[0]]
	}
}

// twins returns the files that a path is, accents being written either way.
func (t *Tree) twins(p string) []int32 {
	composed := norm.NFC.String(p)
	return keep(t.namesakes(key(p)), func(f int32) bool { return norm.NFC.String(t.files[f]) == composed })
}

// sameEnd reports whether a path ends, as a tool wrote it, in all of a file's that
// has accents. Separators are written either way.
func sameEnd(file, p string) bool {
	i, j := len(file), len(p)
	for i > 0 && j > 0 && (file[i-1] == p[j-1] || file[i-1] == '/' && p[j-1] == '\\') {
		i--
		j--
	}
	return ascii(file[:i])
}
