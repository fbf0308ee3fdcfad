package match

import (
	"path"
	"slices"
	"strings"
)

// matcher matches the files of one report.
type matcher struct {
	tree     *Tree
	o        Options
	location []string // components of the report's own folder
	sources  []string // cleaned source roots

	// What the clear cases say, for those that are not: beginnings that
	// another machine gave its paths, and the folders that the paths begin in.
	prefixes map[string]bool
	bases    map[string]bool
	unclear  map[string][]int32 // report path → candidates, to be looked at again
	weak     map[string]int32   // report path → a file at the root that may be meant
	drops    map[string]bool    // what the weak cases would drop from their paths
}

// match looks for the file that a report's path means.
func (m *matcher) match(spelling string) Match {
	p := clean(spelling)
	found := Match{Report: spelling}
	p, mapped := m.mapped(p)
	rel, inCheckout := m.inCheckout(p)
	if m.tree == nil {
		found.Path, found.How = m.withoutTree(rel, inCheckout, mapped)
		return found
	}
	how := Exact
	switch {
	case mapped:
		how = Mapped
	case inCheckout:
		how = Checkout
	}
	if inCheckout || mapped {
		if i := m.tree.find(rel); i >= 0 {
			return m.hit(found, i, how)
		}
	}
	if m.o.Root != "" && !isAbs(rel) {
		if i := m.tree.find(path.Join(clean(m.o.Root), rel)); i >= 0 {
			return m.hit(found, i, Rooted)
		}
	}
	if i := m.module(rel); i >= 0 {
		return m.hit(found, i, Module)
	}
	if i := m.source(p); i >= 0 {
		return m.hit(found, i, Sourced)
	}
	return m.search(found, rel)
}

// hit is a match, whose beginning tells where this report's paths begin.
func (m *matcher) hit(found Match, file int, how How) Match {
	found.Path, found.How = m.tree.files[file], how
	m.learn(clean(found.Report), found.Path)
	return found
}

// learn notes what a clear match dropped from the report's path, and what it
// put before it.
func (m *matcher) learn(reported, file string) {
	if m.bases == nil {
		m.bases, m.prefixes = map[string]bool{}, map[string]bool{}
	}
	if base, ok := strings.CutSuffix(file, reported); ok {
		m.bases[base] = true
	} else if prefix, ok := strings.CutSuffix(reported, file); ok {
		m.prefixes[prefix] = true
	}
}

func (m *matcher) mapped(p string) (string, bool) {
	for _, pm := range m.o.PathMaps {
		from := clean(pm.From)
		if p == from {
			return clean(pm.To), true
		}
		if rel, ok := below(p, from); ok {
			return path.Join(clean(pm.To), rel), true
		}
	}
	return p, false
}

func (m *matcher) inCheckout(p string) (string, bool) {
	if isAbs(p) && m.o.Checkout != "" {
		if rel, ok := below(p, m.o.Checkout); ok {
			return rel, true
		}
	}
	return p, false
}

func (m *matcher) withoutTree(rel string, inCheckout, mapped bool) (string, How) {
	switch {
	case mapped:
		return rel, Mapped
	case inCheckout:
		return rel, Checkout
	case m.o.Root != "" && !isAbs(rel):
		return path.Join(clean(m.o.Root), rel), Rooted
	}
	return rel, AsIs
}

// module finds the file of a Go import path, by the longest module path.
func (m *matcher) module(p string) int {
	best, at := -1, -1
	for _, mod := range m.o.Modules {
		if len(mod.Path) <= best {
			continue
		}
		if rel, ok := below(p, mod.Path); ok {
			if i := m.tree.find(path.Join(mod.Dir, rel)); i >= 0 {
				best, at = len(mod.Path), i
			}
		}
	}
	return at
}

// source finds the file below one of the report's source roots, given that the
// root is in the repository: a relative one, or one below the checkout.
func (m *matcher) source(p string) int {
	if isAbs(p) {
		return -1
	}
	for _, s := range m.sources {
		rel, in := m.inCheckout(s)
		if isAbs(s) && !in && s != m.o.Checkout {
			continue
		}
		if s == m.o.Checkout {
			rel = ""
		}
		if rel == "" || rel == "." {
			continue // the root is what search looks at first
		}
		if i := m.tree.find(path.Join(rel, p)); i >= 0 {
			return i
		}
	}
	return -1
}

// search looks for files that end as the path does. A path that is whole in a
// file's is preferred, then a file's path that is whole in it, then the longest
// that both end in.
func (m *matcher) search(found Match, p string) Match {
	p = strings.TrimLeft(p, "/")
	if strings.HasPrefix(p, "../") {
		// Relative to the folder that the report was written in.
		if i := m.tree.find(path.Join(path.Dir(clean(m.o.Location)), p)); i >= 0 {
			return m.hit(found, i, Nearest)
		}
		for strings.HasPrefix(p, "../") {
			p = p[3:]
		}
	}
	candidates, common := m.tree.alike(p)
	parts := strings.Count(p, "/") + 1
	if common == parts {
		candidates, common = m.bySource(p, candidates, common)
		if len(candidates) == 1 {
			how := Suffix
			switch {
			case common > parts:
				how = Longest
			case m.tree.files[candidates[0]] == p:
				how = Exact
			}
			return m.hit(found, int(candidates[0]), how)
		}
		m.later(found.Report, candidates)
		return m.unsure(found, candidates)
	}
	if len(candidates) == 0 {
		return m.fold(found, p)
	}
	if foreign(p) {
		found.How = Outside
		return found
	}
	// A file's whole path ends the report's: the longest such is what is meant.
	if file := m.wholeFile(candidates, common); file >= 0 {
		if common > 1 {
			return m.hit(found, file, Foreign)
		}
		if m.weak == nil {
			m.weak, m.drops = map[string]int32{}, map[string]bool{}
		}
		m.weak[found.Report] = int32(file)
		m.drops[strings.TrimSuffix(clean(found.Report), m.tree.files[file])] = true
		found.How = Unknown
		return found
	}
	if common < 2 {
		found.How = Unknown
		if m.jvm(p) && len(candidates) == 1 {
			return m.hit(found, int(candidates[0]), Suffix)
		}
		return found
	}
	if len(candidates) > 1 && len(candidates) < 1000 {
		candidates = m.within(strings.Split(p, "/")[:parts-common], candidates)
	}
	if len(candidates) == 1 {
		found.Path, found.How = m.tree.files[candidates[0]], Suffix
		return found
	}
	return m.unsure(found, candidates)
}

// within keeps the candidates that lie in a folder of each of the names, if
// there are such: JaCoCo's groups name modules, whose folders hold more folders
// before the package's.
func (m *matcher) within(names []string, candidates []int32) []int32 {
	var kept []int32
	for _, c := range candidates {
		rest, ok := "/"+m.tree.files[c], true
		for _, name := range names {
			i := strings.Index(rest, "/"+name+"/")
			if ok = i >= 0; !ok {
				break
			}
			rest = rest[i+1+len(name):]
		}
		if ok {
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return candidates
	}
	return kept
}

// jvm tells files whose folders need not repeat the package they are in.
func (m *matcher) jvm(p string) bool {
	switch path.Ext(p) {
	case ".kt", ".kts", ".scala":
		return true
	}
	return false
}

// bySource keeps the candidates whose paths go on to agree with a source root
// before the path.
func (m *matcher) bySource(p string, candidates []int32, common int) ([]int32, int) {
	if len(candidates) < 2 {
		return candidates, common
	}
	best, most := candidates, common
	for _, s := range m.sources {
		files, n := m.tree.alike(strings.TrimLeft(s, "/") + "/" + p)
		if n > most {
			best, most = files, n
		}
	}
	return best, most
}

// wholeFile gives the candidate whose path is no longer than what it has in
// common, -1 if there is none.
func (m *matcher) wholeFile(candidates []int32, common int) int {
	// It is the shortest path, and so the first in the order of the tree.
	f := candidates[0]
	if strings.Count(m.tree.files[f], "/")+1 == common {
		return int(f)
	}
	return -1
}

// foreign tells paths that other people's code is found under.
func foreign(p string) bool {
	for _, dir := range [...]string{
		"node_modules", "site-packages", "dist-packages", "bower_components", ".cargo", "rustc", "usr/include", "usr/lib",
		"usr/local/lib", "pkg/mod", "vcpkg_installed", ".conan", ".conan2", ".nuget", ".m2", "gems",
	} {
		if i := strings.Index(p, dir); i >= 0 && (i == 0 || p[i-1] == '/') && strings.HasPrefix(p[i+len(dir):], "/") {
			return true
		}
	}
	return false
}

// fold tries again without regard to case.
func (m *matcher) fold(found Match, p string) Match {
	found.How = Unknown
	if foreign(p) {
		found.How = Outside
		return found
	}
	lower := m.tree.fold()
	p = strings.ToLower(p)
	candidates, common := lower.alike(p)
	if len(candidates) != 1 {
		return found
	}
	file := candidates[0]
	parts := strings.Count(p, "/") + 1
	if common == parts || strings.Count(m.tree.files[file], "/")+1 == common && common > 1 {
		found.Path, found.How = m.tree.files[file], Folded
	}
	return found
}

// later keeps an unclear case for when the clear ones are known.
func (m *matcher) later(report string, candidates []int32) {
	if m.unclear == nil {
		m.unclear = map[string][]int32{}
	}
	m.unclear[report] = candidates
}

// unsure is a file that several could be.
func (m *matcher) unsure(found Match, candidates []int32) Match {
	found.How = Ambiguous
	for _, c := range candidates[:min(len(candidates), 8)] {
		found.Others = append(found.Others, m.tree.files[c])
	}
	slices.Sort(found.Others)
	return found
}

// secondLook decides an unclear case by what the clear ones tell.
func (m *matcher) secondLook(found *Match) {
	if file, ok := m.weak[found.Report]; ok {
		prefix := strings.TrimSuffix(clean(found.Report), m.tree.files[file])
		if m.prefixes[prefix] || len(m.prefixes) == 0 && len(m.bases) == 0 && len(m.drops) == 1 {
			found.Path, found.How = m.tree.files[file], Foreign
		}
		return
	}
	candidates := m.unclear[found.Report]
	if len(candidates) == 0 {
		return
	}
	p := strings.TrimLeft(clean(found.Report), "/")
	choose := func(file string, how How) {
		found.Path, found.How = file, how
		found.Others = slices.DeleteFunc(found.Others, func(o string) bool { return o == file })
	}
	if len(m.bases) == 1 {
		for base := range m.bases {
			if i := m.tree.find(base + p); i >= 0 {
				choose(m.tree.files[i], Base)
				return
			}
		}
	}
	near, best, tie := -1, -1, false
	for _, c := range candidates {
		n := m.shared(m.tree.files[c])
		if n == near {
			tie = true
		}
		if n > near {
			near, best, tie = n, int(c), false
		}
	}
	if !tie {
		choose(m.tree.files[best], Nearest)
	} else if i := m.tree.find(p); i >= 0 && m.shared(p) == near {
		choose(p, Exact)
	}
}

// shared is the number of folders that a file and the report have in common.
func (m *matcher) shared(file string) int {
	for n, dir := range m.location {
		rest, ok := strings.CutPrefix(file, dir)
		if !ok || !strings.HasPrefix(rest, "/") {
			return n
		}
		file = rest[1:]
	}
	return len(m.location)
}
