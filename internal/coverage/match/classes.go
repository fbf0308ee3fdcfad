package match

import (
	"path"
	"slices"
	"strings"
)

// maxNamesakes is how many files of one name are looked at one by one.
// There may be a package-info.java in each of thousands of folders.
const maxNamesakes = 256

// packages decides the paths that are made of package and name: first those
// that only one file can be, and then, by what those say of the report, the
// others.
func (m *matcher) packages(found []Match) {
	var open []pending
	var candidates [][]int32
	roots := map[string][]string{} // folders that packages of this report begin in, by what stands before them
	for _, p := range m.classes {
		files := m.classFiles(p.path)
		switch len(files) {
		case 0:
			m.plain = append(m.plain, p)
		case 1:
			m.class(&found[p.at], p.path, files[0], "the only one")
			if before, root := m.begins(p.path, files[0]); before != p.path && !slices.Contains(roots[before], root) {
				roots[before] = append(roots[before], root)
			}
		default:
			open, candidates = append(open, p), append(candidates, files)
		}
	}
	for i, p := range open {
		if file, why := m.classOf(p.path, candidates[i], roots); file >= 0 {
			m.class(&found[p.at], p.path, file, why)
		} else {
			m.unclear(&found[p.at], candidates[i], why)
		}
	}
}

// begins returns what stands before the package in a path, such as the name of a
// module, and the folder that the package begins in, given the file that it is.
func (m *matcher) begins(p string, file int32) (before, root string) {
	n := commonTail(p, m.tree.files[file])
	return withoutTail(p, n), withoutTail(m.tree.files[file], n)
}

// class matches a path to the file of its class. It confirms that the report is of
// this commit, by which beginnings judges the other paths.
func (m *matcher) class(f *Match, p string, file int32, why string) {
	f.Path, f.How, f.Note = m.tree.files[file], Package, why
	if f.Path == p {
		f.How, f.Note = Exact, ""
	}
	m.confirmed++
}

// classFiles returns the files that a path of package and name may be: those
// that end in the whole path, then those whose folders spell the package with
// dots, then those of a source root that lack the beginning of the package
// (which may as well be the name of a module, that a report of several puts
// there), then those of a source root that lack its end.
func (m *matcher) classFiles(p string) []int32 {
	parts := strings.Count(p, "/") + 1
	files, common := m.tree.alike(p)
	if common == parts {
		return m.ofPackage(p, m.within(files))
	}
	if common == 0 {
		return nil
	}
	// The whole path is no file's end: the package is written otherwise in the tree,
	// or the report puts something before it.
	namesakes := m.within(m.namesakes(p))
	if dotted := keep(namesakes, func(f int32) bool {
		file := m.tree.files[f]
		return strings.HasSuffix("/"+strings.ReplaceAll(parent(file), ".", "/")+"/"+base(file), "/"+p)
	}); len(dotted) > 0 {
		return dotted
	}
	if common > 1 {
		files = keep(m.within(files), func(f int32) bool {
			n := commonTail(p, m.tree.files[f])
			return sourceRoot(withoutTail(m.tree.files[f], n)) && foreign(withoutTail(p, n), len(p)) == ""
		})
		if len(files) > 0 {
			return m.inModule(strings.Split(p, "/")[:parts-common], files)
		}
	}
	// Java's compiler and Clojure's loader insist on the folders of the package: a
	// namesake elsewhere is another class.
	if !loosePackages(p) {
		return nil
	}
	return best(namesakes, 0, func(f int32) int { return prefixOfPackage(parent(m.tree.files[f]), parent(p)) })
}

// ofPackage keeps the files that are in the package of a path and not in a
// longer one, as the usual layout shows. A language with loose packages may keep
// a file deeper.
func (m *matcher) ofPackage(p string, files []int32) []int32 {
	kept := keep(files, func(f int32) bool { return !insideRoot(withoutTail(m.tree.files[f], strings.Count(p, "/")+1)) })
	if len(kept) == 0 && loosePackages(p) {
		return files
	}
	return kept
}

// namesakes are the files of a path's base name, none if they are too many.
func (m *matcher) namesakes(p string) []int32 {
	files := m.tree.namesakes(key(p))
	if len(files) > maxNamesakes {
		return nil
	}
	return keep(files, func(f int32) bool { return base(m.tree.files[f]) == base(p) })
}

// within keeps the files below --root and below the source roots that the
// report names.
func (m *matcher) within(files []int32) []int32 {
	root, roots := clean(m.o.Root), m.roots
	if len(m.elsewhere) > 0 {
		roots = nil // the report has another machine's too, so that these are not all
	}
	if root == "" && len(roots) == 0 {
		return files
	}
	return keep(files, func(f int32) bool {
		file := m.tree.files[f]
		return inside(file, root) && (len(roots) == 0 || slices.ContainsFunc(roots, func(r string) bool { return inside(file, r) }))
	})
}

// inModule keeps the files that lie in a folder of each of the names, if there
// are such: a report of several modules names them before the package.
func (m *matcher) inModule(names []string, files []int32) []int32 {
	kept := keep(files, func(f int32) bool {
		rest := "/" + m.tree.files[f]
		for _, name := range names {
			i := strings.Index(rest, "/"+name+"/")
			if i < 0 {
				return false
			}
			rest = rest[i+1+len(name):]
		}
		return true
	})
	if len(kept) == 0 {
		return files
	}
	return kept
}

// classOf decides between several files, -1 if nothing does: by the source
// roots that the report names, by where the report is, by the very path, by
// where its other files are, and by its name.
func (m *matcher) classOf(p string, files []int32, roots map[string][]string) (file int32, why string) {
	if kept := m.bySources(p, files); len(kept) == 1 {
		return kept[0], "below a source root of the report"
	} else if kept != nil {
		files = kept
	}
	// Two witnesses that contradict each other decide nothing: a wrong file is
	// worse than none, which names the flag that decides.
	near := best(files, 0, func(f int32) int { return shared(besideBuild(m.location), m.tree.files[f]) })
	before, _ := m.begins(p, files[0])
	siblings := keep(files, func(f int32) bool {
		_, root := m.begins(p, f)
		return slices.Contains(roots[before], root)
	})
	if before != "" && !loosePackages(p) && len(near) == 1 { // a module, which need not be the one that the report lies in
		if len(siblings) == 0 {
			return -1, "a report of several modules is near none of them"
		}
		near = keep(near, func(f int32) bool { return slices.Contains(siblings, f) })
	}
	if len(near) == 1 {
		if len(roots[before]) == 1 && len(siblings) == 1 && siblings[0] != near[0] {
			return -1, "the report is near one, and its other files are beside another"
		}
		return near[0], "the nearest to the report"
	}
	if exact := keep(near, func(f int32) bool { return m.tree.files[f] == p }); len(exact) == 1 {
		return exact[0], ""
	}
	if len(siblings) == 1 {
		if module := compiledIn(m.tree.files[siblings[0]]); module != "" && len(keep(near, func(f int32) bool { return compiledIn(m.tree.files[f]) == module })) > 1 {
			return -1, "several source sets of one module have it"
		}
		return siblings[0], "other files of the report are beside it"
	}
	if named := keep(files, func(f int32) bool { return m.namedAfter(m.tree.files[f]) }); len(named) == 1 {
		return named[0], "the report is named after its folder"
	}
	return -1, "nothing says which"
}

// bySources keeps the files that agree most with a source root of another
// machine before the path.
func (m *matcher) bySources(p string, files []int32) []int32 {
	parts := strings.Count(p, "/") + 1
	return best(files, parts+1, func(f int32) (most int) {
		for _, s := range m.elsewhere {
			most = max(most, commonTail(m.tree.key(f), key(s+"/"+p)))
		}
		return most
	})
}

// besideBuild returns the folder that a build's own folder lies in, if a folder is
// in one: what a build generates is no nearer to its report than the sources are.
func besideBuild(dir string) string {
	for at := dir; at != ""; at = parent(at) {
		if name := base(at); name == "target" || name == "build" {
			return parent(at)
		}
	}
	return dir
}

// shared is the number of folders that two paths have in common.
func shared(dir, p string) (n int) {
	for ; dir != ""; n++ {
		var a, b string
		a, dir, _ = strings.Cut(dir, "/")
		if b, p, _ = strings.Cut(p, "/"); a != b {
			break
		}
	}
	return n
}

// namedAfter reports whether the report, or what it calls itself, has the name
// of one of a file's folders: one folder may hold the reports of all modules.
func (m *matcher) namedAfter(file string) bool {
	stem := strings.TrimSuffix(base(clean(m.o.Location)), path.Ext(m.o.Location))
	for dir := range strings.SplitSeq(parent(file), "/") {
		if sourceRoot(dir) {
			continue
		}
		if slices.Contains(strings.Split(m.location, "/"), dir) || hasWord(stem, dir) || hasWord(m.o.Name, dir) {
			return true
		}
	}
	return false
}

// hasWord reports whether a name has another in it, between its ends and its
// punctuation.
func hasWord(name, word string) bool {
	for at := 0; ; {
		i := strings.Index(name[at:], word)
		if i < 0 {
			return false
		}
		i += at
		end := i + len(word)
		if (i == 0 || !letter(name[i-1])) && (end == len(name) || !letter(name[end])) {
			return true
		}
		at = i + 1
	}
}

// letter reports whether a byte is part of a word. Those beyond ASCII are.
func letter(c byte) bool {
	return lower(c) >= 'a' && lower(c) <= 'z' || c >= '0' && c <= '9' || c >= 0x80
}

// keep returns the files for which ok holds, in a slice of their own.
func keep(files []int32, ok func(int32) bool) []int32 {
	var kept []int32
	for _, f := range files {
		if ok(f) {
			kept = append(kept, f)
		}
	}
	return kept
}

// best returns the files that score highest, none where no score reaches least.
func best(files []int32, least int, score func(int32) int) (top []int32) {
	for _, f := range files {
		n := score(f)
		if n > least {
			top, least = nil, n
		}
		if n == least {
			top = append(top, f)
		}
	}
	return top
}
