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
		m.tree.accented.Do(m.tree.findTwins)
		twins := m.tree.twins[norm.NFC.String(f.Path)]
		if len(twins) == 0 {
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

// findTwins finds the files whose names differ in nothing but how their accents are
// written. Few reports ask: it is done when a path that is not ASCII is first matched.
func (t *Tree) findTwins() {
	first := map[string]int32{}
	t.twins = map[string][]int32{}
	for i, name := range t.files {
		if ascii(name) {
			continue
		}
		composed := norm.NFC.String(name)
		one, again := first[composed]
		switch {
		case !again:
			first[composed] = int32(i)
			continue
		case t.twins[composed] == nil:
			t.twins[composed] = []int32{one}
		}
		t.twins[composed] = append(t.twins[composed], int32(i))
	}
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
