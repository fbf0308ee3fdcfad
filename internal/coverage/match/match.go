// Package match says which file of a commit a path means that a tool wrote: in
// a report of coverage, or in a scanner's results. Each path is one file of the
// commit, with the evidence for it, or none, with the reason and the flag that
// would decide otherwise. It never guesses after a definite answer.
//
// Rules that are definite come first. Where one applies, its answer stands,
// whether the commit has the file or not:
//
//  1. path-map: the user rewrites the beginning of the path.
//  2. checkout: the path is absolute and below the checkout.
//  3. root: the user says which folder relative paths begin in.
//  4. go-module: the path is the import path of a module of the commit.
//  5. source: the report names folders of the commit that its relative paths
//     begin in. The path belongs below the only one that has it; below two, it
//     is ambiguous.
//  6. report-folder: a path that begins with ../ is relative to the report.
//
// What is left is decided from all files of the report together. Java, Kotlin
// and Scala name a file by its package (7, see packages.go). All other paths of
// one run of a tool begin in one place (8, see beginnings.go): "/app/" is the
// folder backend/ if that puts the most files where the commit has them. What
// has another beginning, or is not there, is not in the commit.
//
// In the end two paths that begin differently are never the same file: one that
// was matched by a definite rule, or as it stands, keeps it, and of two others
// neither has it. And a file that is shorter than the report says is not the
// one that was measured (9, see lines.go).
package match

import (
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Options say what is known of where a tool's paths begin. The zero value is
// right for most.
type Options struct {
	// Location is the report's own path in the repository, "" if unknown. Of
	// several files that could be meant, the one nearest to it is.
	Location string
	// Name is what the report calls itself, such as the module that it is of.
	// Tree.Report takes it from the report.
	Name string
	// Checkout is the absolute folder of the checkout: paths below it are the
	// repository's. Checkouts are other names of it, such as the one that it
	// has in a container.
	Checkout  string
	Checkouts []string
	// NoAbsolute refuses absolute paths outside of the checkout where the
	// commit's files are not known: nothing else could.
	NoAbsolute bool
	// Sources are the folders that the tool says its relative paths begin in.
	// Tree.Report takes them from the report.
	Sources []string
	// Root is the folder of the repository that relative paths begin in.
	Root string
	// PathMaps rewrite the beginning of a path; the first that fits is taken.
	PathMaps []PathMap
	// Ignore are doublestar globs, tried on the repository's path of a file,
	// or on the report's if it has none. What fits is left out.
	Ignore []string
	// Modules are the Go modules of the commit.
	Modules []GoModule
	// Imports says that the paths are Go's import paths.
	Imports bool
	// Lines returns how many lines files of the commit have, -1 where that is
	// not known. nil leaves it unasked.
	Lines func([]Want) []int
	// Shared says that paths that begin differently may be the same file, as
	// those of findings: they add nothing up.
	Shared bool
	// Explain asks for what each rule said of each path.
	Explain bool
}

// PathMap replaces a beginning of whole components by another.
type PathMap struct{ From, To string }

// GoModule is a Go module of the repository.
type GoModule struct {
	Path string // as go.mod says it
	Dir  string // folder of go.mod in the repository, "" for its root
}

// Report returns the report with the paths of the commit's files, and a match
// for each of its files in the order of their paths. Files that are not matched
// are left out. A nil tree keeps every path, but for separators, Checkout,
// PathMaps, Root and Ignore. The report itself is not changed.
func (t *Tree) Report(r *coverage.Report, o Options) (*coverage.Report, []Match) {
	out := coverage.New()
	out.Sources, out.Title, out.Parts, out.Instructions = r.Sources, r.Title, r.Parts, r.Instructions
	o.Sources, o.Name = r.Sources, r.Title
	files := r.Files()
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	found := t.Paths(paths, o)
	ends := checkLines(files, found, o.Lines)
	for i := range found {
		if found[i].Path == "" {
			continue
		}
		f := out.Adopt(files[i], found[i].Path)
		if end, ok := ends[i]; ok {
			found[i].extend().past = f.Cut(end)
		}
	}
	return out, found
}

// Paths returns a match for each path that one run of a tool wrote, in their
// order.
func (t *Tree) Paths(paths []string, o Options) []Match {
	m := newMatcher(t, o)
	found := make([]Match, len(paths))
	for i, p := range paths {
		found[i].Report = p
		m.definite(&found[i], i)
	}
	m.packages(found)
	m.beginnings(found)
	if !o.Shared {
		m.apart(found)
	}
	if o.Explain {
		m.explain(found)
	}
	for i := range found {
		if len(o.Ignore) > 0 && ignored(found[i], o.Ignore) {
			found[i] = Match{Report: found[i].Report, How: Ignored}
		}
	}
	return found
}

func ignored(f Match, globs []string) bool {
	p := f.Path
	if p == "" {
		p = clean(f.Report)
	}
	return slices.ContainsFunc(globs, func(glob string) bool {
		ok, _ := doublestar.Match(glob, p)
		return ok
	})
}

// matcher matches the paths of one run of a tool.
type matcher struct {
	tree      *Tree
	o         Options
	checkouts []string
	location  string   // the report's own folder
	roots     []string // source roots in the repository
	elsewhere []string // source roots on another machine
	modules   []GoModule

	classes   []pending // Java's and its like: by package
	plain     []pending // all others that no definite rule decided
	confirmed int       // paths that a definite rule found in the commit
}

// pending is a path that is decided together with the others.
type pending struct {
	at    int // place among the paths
	path  string
	guess int32 // the file that was chosen, -1 if none
}

func newMatcher(t *Tree, o Options) *matcher {
	m := &matcher{tree: t, o: o, location: parent(clean(o.Location))}
	for _, dir := range append([]string{o.Checkout}, o.Checkouts...) {
		if dir = clean(dir); dir != "" && !slices.Contains(m.checkouts, dir) {
			m.checkouts = append(m.checkouts, dir)
		}
	}
	for _, s := range o.Sources[:min(len(o.Sources), 64)] {
		m.addSource(clean(s))
	}
	// The longest module that a path is in is its own.
	m.modules = slices.Clone(o.Modules)
	slices.SortFunc(m.modules, func(a, b GoModule) int { return len(b.Path) - len(a.Path) })
	return m
}

func (m *matcher) addSource(s string) {
	if s == "" || strings.HasPrefix(s, "--") || m.tree == nil {
		return
	}
	rel, in := m.inCheckout(s)
	switch {
	case in:
	case isAbs(s):
		if !slices.Contains(m.elsewhere, s) {
			m.elsewhere = append(m.elsewhere, s)
		}
		return
	default:
		// Relative to where the tool ran, which is only known to be the
		// repository's root if there is such a folder.
		rel = s
		if !m.tree.folder(rel) {
			return
		}
	}
	if !slices.Contains(m.roots, rel) {
		m.roots = append(m.roots, rel)
	}
}

// inCheckout returns the path in the repository of one below the checkout, ""
// for the checkout itself.
func (m *matcher) inCheckout(p string) (rel string, ok bool) {
	if !isAbs(p) {
		return p, false
	}
	for _, dir := range m.checkouts {
		if rel, ok := below(p, dir); ok {
			return rel, true
		}
		if p == dir {
			return "", true
		}
	}
	return p, false
}

// definite asks the definite rules, and leaves to the others what none of them
// decides.
func (m *matcher) definite(f *Match, at int) {
	p := clean(f.Report)
	if m.tree == nil {
		if f.Path, f.How = m.withoutTree(p); f.How == AsIs && m.o.NoAbsolute && (isAbs(p) || strings.HasPrefix(p, "../")) {
			f.Path, f.How, f.Note = "", Missing, "it is not below "+m.o.Checkout+", and without a git checkout nothing else tells whether it is the repository's"
		}
		return
	}
	if drive(p) {
		p = strings.ToLower(p[:1]) + p[1:]
	}
	for _, r := range definiteRules() {
		if a := r.ask(m, p); a.applies {
			m.settle(f, a)
			return
		}
	}
	if strings.ContainsAny(f.Report, `\?%`) {
		// A file may really be called so.
		if file, how := m.tree.find(f.Report); how == very {
			f.Path, f.How = m.tree.files[file], Exact
			m.confirmed++
			return
		}
	}
	if p == "" {
		f.How, f.Note = Missing, "the path is empty"
		return
	}
	next := pending{at: at, path: p, guess: -1}
	if byPackage(p) {
		m.classes = append(m.classes, next)
	} else {
		m.plain = append(m.plain, next)
	}
}

// settle writes down what a definite rule says.
func (m *matcher) settle(f *Match, a answer) {
	if len(a.files) > 1 {
		m.unclear(f, a.files, a.said)
		return
	}
	if len(a.files) == 1 {
		f.Path, f.How, f.Note = m.tree.files[a.files[0]], a.how, a.said
		m.confirmed++
		return
	}
	f.How, f.In, f.Note = Missing, a.in, a.said
	if dir := foreign(a.in, 0); dir != "" && a.how != Mapped {
		f.How, f.Note = Foreign, "below "+dir
		return
	}
	if dir := m.tree.submodule(a.in); dir != "" {
		f.Note = "the commit has a submodule at " + dir + ", which is another repository"
	}
}

// unclear is a path that several files could be.
func (m *matcher) unclear(f *Match, files []int32, why string) {
	f.How, f.Note, f.Path = Ambiguous, why, ""
	x := f.extend()
	for _, c := range files[:min(len(files), 64)] {
		x.others = append(x.others, m.tree.files[c])
	}
	slices.Sort(x.others)
	x.others = slices.Compact(x.others)
	x.flag = flagFor(clean(f.Report), x.others[0])
}

// flagFor is the flag by which a path would be a file.
func flagFor(p, file string) string {
	n := tailBytes(p, file)
	from, to := strings.TrimSuffix(p[:len(p)-n], "/"), strings.TrimSuffix(file[:len(file)-n], "/")
	switch {
	case n == 0 || from == "" && strings.HasPrefix(p, "/"):
		return "--path-map " + quoted(p+"="+file)
	case from == "":
		return "--root " + quoted(to)
	}
	return "--path-map " + quoted(from+"="+to)
}

// tailBytes is the length of the run of whole last components that two paths
// have in common, without regard to case.
func tailBytes(a, b string) int {
	n, whole := 0, 0
	for n < len(a) && n < len(b) && lower(a[len(a)-1-n]) == lower(b[len(b)-1-n]) {
		n++
		if a[len(a)-n] == '/' {
			whole = n - 1
		}
	}
	if (n == len(a) || a[len(a)-1-n] == '/') && (n == len(b) || b[len(b)-1-n] == '/') {
		return n
	}
	return whole
}

func (m *matcher) withoutTree(p string) (string, How) {
	if to, ok := m.mapped(p); ok {
		return to, Mapped
	}
	if rel, ok := m.inCheckout(p); ok {
		return rel, Checkout
	}
	if m.o.Root != "" && !isAbs(p) {
		return path.Join(clean(m.o.Root), p), Rooted
	}
	return p, AsIs
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
