package match

import (
	"slices"
	"strings"
)

// goroot takes Go's own packages out of a profile: with -coverpkg=all it has
// errors/wrap.go of the standard library, which is not the commit's errors/wrap.go.
// A profile is known to have import paths if one of them is in a module of the
// commit: people also rewrite profiles to paths of the repository.
func (m *matcher) goroot(found []Match) {
	if !m.o.Imports || !slices.ContainsFunc(found, func(f Match) bool { return f.How == Module }) {
		return
	}
	m.plain = slices.DeleteFunc(m.plain, func(p pending) bool {
		first, _, inside := strings.Cut(p.path, "/")
		if !inside || !standard(first) {
			return false
		}
		found[p.at].How, found[p.at].Note = Foreign, "a package of Go's standard library, as the profile's other paths are import paths"
		return true
	})
}

// standardFolders are the first names of the standard library's import paths
// (go list std).
const standardFolders = " archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html " +
	"image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall " +
	"testing text time unicode unique unsafe weak "

// standard reports whether import paths of the standard library begin with a name.
func standard(name string) bool { return strings.Contains(standardFolders, " "+name+" ") }
