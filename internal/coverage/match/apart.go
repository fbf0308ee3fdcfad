package match

import "slices"

// apart takes a file back from paths that do not begin alike and were led to it
// all the same: one of them is another file, which the commit does not have. A
// path that is the file for certain keeps it.
func (m *matcher) apart(found []Match) {
	taken := make(map[string]int, len(found))
	var again map[string][]int
	for i := range found {
		p := found[i].Path
		if p == "" || m.tree == nil {
			continue
		}
		first, ok := taken[p]
		if !ok {
			taken[p] = i
			continue
		}
		if again == nil {
			again = map[string][]int{}
		}
		if len(again[p]) == 0 {
			again[p] = append(again[p], first)
		}
		again[p] = append(again[p], i)
	}
	for _, all := range again {
		m.keepOne(found, all)
	}
}

// certain reports whether a path is the file that it was matched to, whatever
// others are.
func certain(h How) bool {
	switch h {
	case Exact, Mapped, Checkout, Rooted, Module, Sourced, Beside:
		return true
	}
	return false
}

// keepOne leaves a file to the paths that are certain of it, or to those that
// are the same but for their spelling.
func (m *matcher) keepOne(found []Match, all []int) {
	file := found[all[0]].Path
	owner := slices.IndexFunc(all, func(i int) bool { return certain(found[i].How) })
	if owner < 0 {
		first := key(clean(found[all[0]].Report))
		if !slices.ContainsFunc(all, func(i int) bool { return backwards(key(clean(found[i].Report)), first) != 0 }) {
			return
		}
	}
	for _, i := range all {
		f := &found[i]
		if certain(f.How) {
			continue
		}
		if owner >= 0 {
			f.Path, f.How = "", Missing
			f.Note = "the report has " + file + " as " + found[all[owner]].Report + ", which is another path"
		} else {
			f.Path, f.How = "", Ambiguous
			other := all[0]
			if other == i {
				other = all[1]
			}
			f.Note = "the report has " + found[other].Report + " too, which would be the same file"
			f.extend().others = []string{file}
		}
		f.extend().flag = flagFor(clean(f.Report), file)
	}
}
