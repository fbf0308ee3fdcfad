package match

import "slices"

// apart takes a file back from paths that do not begin alike and were led to it
// all the same: one of them is another file, which the commit does not have. A
// path that is the file for certain keeps it.
// To add up two files as one would be a number that nobody measured.
func (m *matcher) apart(found []Match) {
	if m.tree == nil {
		return
	}
	first := make(map[string]int, len(found)) // a slice for each path would cost too much: hardly one comes twice
	again := map[string][]int{}
	for i, f := range found {
		at, taken := first[f.Path]
		switch {
		case f.Path == "":
		case !taken:
			first[f.Path] = i
		case again[f.Path] == nil:
			again[f.Path] = []int{at, i}
		default:
			again[f.Path] = append(again[f.Path], i)
		}
	}
	for _, all := range again {
		m.keepOne(found, all)
	}
}

// certain reports whether a path is the file that it was matched to, whatever
// others are.
func certain(h How) bool {
	return slices.Contains([]How{Exact, Mapped, Checkout, Rooted, Module, Sourced, Beside}, h)
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
		f.Path = ""
		f.extend().flag = flagFor(clean(f.Report), file)
		if owner >= 0 {
			f.How, f.Note = Missing, "the report has "+file+" as "+found[all[owner]].Report+", which is another path"
			continue
		}
		other := all[0]
		if other == i {
			other = all[1]
		}
		f.How, f.Note = Ambiguous, "the report has "+found[other].Report+" too, which would be the same file"
		f.extend().others = []string{file}
	}
}
