package match

import (
	"slices"
	"strings"
)

// otherModules takes out of a profile what is of no module of the commit: Go's
// own errors/wrap.go, which -coverpkg=all names, is not the commit's, and neither
// is example.org/dep/f.go where the commit's root is a module, which every
// package is in that is in none below it.
// A profile is known to have import paths if one of them is in a module of the
// commit: people also rewrite profiles to paths of the repository.
func (m *matcher) otherModules(found []Match) {
	if !m.o.Imports {
		return
	}
	imports := slices.ContainsFunc(found, func(f Match) bool { return f.How == Module })
	root := slices.ContainsFunc(m.modules, func(mod GoModule) bool { return mod.Dir == "" })
	m.plain = slices.DeleteFunc(m.plain, func(p pending) bool {
		f := &found[p.at]
		first, _, inside := strings.Cut(p.path, "/")
		switch {
		case !inside:
			return false
		case imports && standard(first):
			// Below a root that is a module, the package would be named with it.
			if file, fits := m.tree.lookup(p.path); !root && fits != none {
				m.unclear(f, []int32{file}, "the file of the commit or Go's standard library")
				return true
			}
			f.How, f.Note = Foreign, "a package of Go's standard library, as the profile's other paths are import paths"
			return true
		case root && strings.IndexByte(first, '.') > 0: // as every import path that is not Go's own, and hardly a folder
			if _, fits := m.tree.lookup(p.path); fits == none {
				f.How, f.Note = Missing, "the import path of a module that the commit does not have"
				return true
			}
		}
		return false
	})
}

// standardFolders are the first names of the standard library's import paths
// (go list std).
const standardFolders = " archive bufio bytes cmp compress container context crypto database debug embed encoding errors expvar flag fmt go hash html " +
	"image index internal io iter log maps math mime net os path plugin reflect regexp runtime slices sort strconv strings structs sync syscall " +
	"testing text time unicode unique unsafe weak "

// standard reports whether import paths of the standard library begin with a name.
func standard(name string) bool { return strings.Contains(standardFolders, " "+name+" ") }
