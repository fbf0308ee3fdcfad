package match

import (
	"cmp"
	"slices"
)

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

// keepOne leaves a file to the paths that are certain of it and to their equals,
// or to those that are all equal.
func (m *matcher) keepOne(found []Match, all []int) {
	file := found[all[0]].Path
	checkouts := sameCheckouts(found, all)
	owner := slices.IndexFunc(all, func(i int) bool { return certain(found[i].How) })
	if owner < 0 && checkouts {
		owner = slices.IndexFunc(all, func(i int) bool { return inCheckoutOfCI(&found[i]) })
	}
	if owner < 0 && equals(found, all) {
		return
	}
	for _, i := range all {
		f := &found[i]
		if certain(f.How) || checkouts && inCheckoutOfCI(f) || owner >= 0 && otherMachine(clean(f.Report), clean(found[all[owner]].Report)) {
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

// equals reports whether paths differ in nothing but their spelling, or in the
// machine that wrote them.
func equals(found []Match, all []int) bool {
	var first [2]string // on Windows, and elsewhere
	for _, i := range all {
		p, at := clean(found[i].Report), 0
		if drive(p) {
			at = 1
		}
		first[at] = cmp.Or(first[at], p)
		if backwards(key(p), key(first[at])) != 0 {
			return false
		}
	}
	return first[0] == "" || first[1] == "" || otherMachine(first[0], first[1])
}

// inCheckoutOfCI reports whether a path is the very file that it was matched to,
// below what a CI system checks a repository out to if it is in such a folder.
func inCheckoutOfCI(f *Match) bool {
	p := clean(f.Report)
	n, _ := checkedOut(p, false)
	return p[n:] == f.Path
}

// sameCheckouts reports whether the CI systems' checkouts that paths lie in are
// of one repository.
func sameCheckouts(found []Match, all []int) bool {
	repository := ""
	for _, i := range all {
		_, name := checkedOut(clean(found[i].Report), false)
		if name != "" && repository != "" && name != repository {
			return false
		}
		repository = cmp.Or(repository, name)
	}
	return true
}
