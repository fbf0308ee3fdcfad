package match

import (
	"slices"
	"strings"
)

// byInstalled answers for a package of the commit that was tested as pip had
// installed it, by tox for one: what it has below site-packages the commit has in src/
// or elsewhere. It is the commit's if that has most of the package's files which the
// report names: a dependency may have a file or two called like ours.
func (m *matcher) byInstalled(p string) answer {
	for _, root := range m.pythons {
		in, rest := m.installed(root, p)
		if rest == "" {
			continue
		}
		if _, fits := m.tree.lookup(in); fits != none {
			continue // the very file is committed
		}
		name, _, _ := strings.Cut(rest, "/")
		if files := m.packaged(rest); len(files) > 0 && m.owns(name) {
			if other := m.bySource(p).files; !slices.Equal(files, other) {
				files = append(files, other...)
			}
			return answer{applies: true, files: files, how: Package, in: rest, said: "the commit has the package " + name + ", which was tested as it was installed"}
		}
	}
	return answer{said: "not of a Python package of the commit that was installed"}
}

// installed returns a path below a source root, as the repository's if it is below the
// checkout, and what it is below a folder of installed Python packages: "" if it is
// below none.
func (m *matcher) installed(root, p string) (in, rest string) {
	if root != "" && !isAbs(p) {
		p = root + "/" + p
	}
	if in, _ = m.inCheckout(p); strings.HasPrefix(p, "/usr/lib/") {
		return in, "" // the system's own packages
	}
	for _, dir := range [...]string{"site-packages/", "dist-packages/"} {
		if i := strings.LastIndex(p, dir); i == 0 || i > 0 && p[i-1] == '/' {
			return in, p[i+len(dir):]
		}
	}
	return in, ""
}

// packaged returns the files of the commit that end in the path of an installed one,
// but for copies of other people's packages.
func (m *matcher) packaged(rest string) []int32 {
	files, common := m.tree.alike(rest)
	if n := strings.Count(rest, "/") + 1; n < 2 || common < n {
		return nil
	}
	return keep(files, func(f int32) bool { return foreign(m.tree.files[f], 0) == "" })
}

// owns reports whether the commit has most of the files that the report names of an
// installed package, and two at least: one may be a namesake of a dependency's.
func (m *matcher) owns(name string) bool {
	if m.packs == nil {
		m.packs = map[string][2]int{}
		for _, p := range m.paths[:min(len(m.paths), maxSample)] {
			for _, root := range m.pythons {
				_, rest := m.installed(root, clean(p))
				name, _, _ := strings.Cut(rest, "/")
				n := m.packs[name]
				if n[0]++; len(m.packaged(rest)) > 0 {
					n[1]++
				}
				m.packs[name] = n
			}
		}
	}
	n := m.packs[name]
	return n[1] > 1 && 2*n[1] > n[0]
}
