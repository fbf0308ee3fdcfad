// Package match says which file of a commit a path means that a tool wrote: in
// a report of coverage, or in a scanner's results. Each path is one file of the
// commit, with the evidence for it, or none, with the reason and the flag that
// would decide otherwise. It never guesses after a definite answer.
//
// Rules that are definite come first. Where one applies, its answer stands,
// whether the commit has the file or not:
//
//  1. path-map: the user rewrites the beginning of the path.
//  2. installed: the package of the commit, as pip installed it (installed.go).
//  3. checkout: the path is absolute and below the checkout.
//  4. root: the user says which folder relative paths begin in.
//  5. go-module: the path is the import path of a module of the commit. Other
//     import paths of such a commit are not its own (see modules.go).
//  6. source: the report names folders of the commit that its relative paths
//     begin in. The path belongs below the only one that has it; below two, it
//     is ambiguous.
//  7. report-folder: a path that begins with ../ is relative to the report.
//
// What is left is decided from all files of the report together. Java, Kotlin
// and Scala name a file by its package (8, see packages.go). All other paths of
// one run of a tool begin in one place (9, see beginnings.go): "/app/" is the
// folder backend/ if that puts the most files where the commit has them. What
// has another beginning, or is not there, is not in the commit.
//
// In the end two paths that begin differently are never the same file: one that
// was matched by a definite rule, or as it stands, keeps it, and of two others
// neither has it. And a file that is shorter than the report says is not the
// one that was measured (10, see lines.go).
package match

import (
	"cmp"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Report returns the report with the paths of the commit's files, and a match
// for each of its files in the order of their paths. Files that are not matched
// are left out. A nil tree keeps every path, but for separators, Checkout,
// PathMaps, Root and Ignore. The report itself is not changed.
func (t *Tree) Report(r *coverage.Report, o Options) (*coverage.Report, []Match) {
	out := r.WithoutFiles()
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
		if end, ok := ends[i]; ok { // Cut copies: the report that was matched keeps its lines
			found[i].extend().past = f.Cut(end)
		}
	}
	return out, found
}

// Paths returns a match for each path that one run of a tool wrote, in their
// order.
func (t *Tree) Paths(paths []string, o Options) []Match {
	m := newMatcher(t, o)
	m.paths = paths
	found := make([]Match, len(paths))
	for i, p := range paths {
		found[i].Report = p
		m.definite(&found[i], i)
	}
	m.otherModules(found)
	// Packages come before beginnings: what they leave open has the beginning
	// of the other paths, and what they find is evidence of its own.
	m.packages(found)
	m.beginnings(found)
	m.accents(found)
	if !o.Shared {
		m.apart(found)
	}
	if o.Explain {
		m.explain(found)
	}
	// Ignored paths took part until here: they are evidence of where the others
	// begin, and which file a path is must not change with what is left out.
	for i, f := range found {
		if len(o.Ignore) > 0 && o.ignores(cmp.Or(f.Path, clean(f.Report))) {
			found[i] = Match{Report: f.Report, How: Ignored}
		}
	}
	return found
}

// matcher matches the paths of one run of a tool.
type matcher struct {
	tree      *Tree
	o         Options
	checkouts []string
	paths     []string
	lies      string            // the report's own folder
	location  string            // the one that it stands for
	ranIn     string            // the folder that ../ begins in, and a slash; "" until it is asked for
	roots     []string          // source roots in the repository
	elsewhere []string          // source roots on another machine
	pythons   []string          // those of both that hold installed Python packages, and ""
	packs     map[string][2]int // by their names; nil until they are asked for
	modules   []GoModule

	classes   []pending // Java's and its like: by package
	plain     []pending // all others that no definite rule decided
	confirmed int       // paths that a definite rule found in the commit
}

// pending is a path that is decided together with the others.
type pending struct {
	at   int // place among the paths
	path string
}

// newMatcher sorts out what is known before any path is looked at.
func newMatcher(t *Tree, o Options) *matcher {
	m := &matcher{tree: t, o: o, lies: parent(clean(o.Location)), pythons: []string{""}}
	m.location = t.mirrored(m.lies)
	for _, dir := range append([]string{o.Checkout}, o.Checkouts...) {
		m.checkouts = append(m.checkouts, clean(dir)) // nothing absolute is below ""
	}
	here, ranHere := false, false
	for _, s := range o.Sources[:min(len(o.Sources), maxSources)] {
		s = clean(s)
		here = here || s == ""
		ranHere = m.addSource(s) || ranHere
	}
	if here && ranHere { // coverage.py's relative_files, with folders that end in a slash
		m.roots = append(m.roots, "")
	}
	// The longest module that a path is in is its own.
	m.modules = slices.Clone(o.Modules)
	sort.SliceStable(m.modules, func(i, j int) bool { return len(m.modules[j].Path) < len(m.modules[i].Path) })
	return m
}

// addSource sorts a folder that the report names to those of the repository, or
// to those of another machine. It reports whether the folder shows that the tool ran
// in the repository's root.
func (m *matcher) addSource(s string) (ranHere bool) {
	if s == "" || m.tree == nil {
		return false
	}
	known := &m.roots
	if rel, in := m.inCheckout(s); in {
		s = rel
	} else if isAbs(s) {
		known = &m.elsewhere
	} else if ranHere = m.tree.folder(s) || m.tree.submoduleOf(s+"/.") != ""; !ranHere {
		// It is relative to where the tool ran, which is only known to be the
		// repository's root if there is such a folder.
		return false
	}
	if !slices.Contains(*known, s) {
		*known = append(*known, s)
		if strings.Contains(s, "-packages") {
			m.pythons = append(m.pythons, s)
		}
	}
	return ranHere
}

// inCheckout returns the path in the repository of one below the checkout, ""
// for the checkout itself.
func (m *matcher) inCheckout(p string) (rel string, ok bool) {
	if !isAbs(p) {
		return p, false
	}
	for _, dir := range m.checkouts {
		if rel, ok := below(p, dir); ok || p == dir {
			return rel, true
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
	// Where the commit has a file of that name, its question mark begins no query.
	if strings.LastIndexByte(f.Report, '?') > strings.LastIndexAny(f.Report, `/\`) {
		if _, common := m.tree.alike(f.Report); common > 0 {
			p = f.Report
		}
	}
	for _, r := range definiteRules() {
		if a := r.ask(m, p); a.applies {
			m.settle(f, a)
			return
		}
	}
	// clean has read a separator of Windows, the query of a bundler's address or an
	// escape of a URL. A file may really be called so.
	if p != f.Report && strings.ContainsAny(f.Report, `\?%`) {
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
	if byPackage(p) {
		m.classes = append(m.classes, pending{at, p})
	} else {
		m.plain = append(m.plain, pending{at, p})
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
		if a.how != Package { // which shows nothing of where the others begin
			m.confirmed++
		}
		return
	}
	f.How, f.In, f.Note = Missing, a.in, cmp.Or(m.tree.submodule(a.in), a.said)
	if dir := foreign(a.in, 0); dir != "" && a.how != Mapped { // the user knows better whose folder it is
		f.How, f.Note = Foreign, "below "+dir
	}
}

// maxOthers bounds how many files are kept that a path could be: a name such as
// index.js may be that of a hundred thousand.
const maxOthers = 64

// unclear is a path that several files could be.
func (m *matcher) unclear(f *Match, files []int32, why string) {
	f.How, f.Note, f.Path = Ambiguous, why, ""
	x := f.extend()
	for _, c := range files[:min(len(files), maxOthers)] {
		x.others = append(x.others, m.tree.files[c])
	}
	slices.Sort(x.others)
	x.others = slices.Compact(x.others)
	x.flag = flagFor(clean(f.Report), x.others[0])
}

// withoutTree returns where a path is without the commit's files.
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

// mapped applies the first of the user's path maps that fits.
func (m *matcher) mapped(p string) (string, bool) {
	for _, pm := range m.o.PathMaps {
		from := clean(pm.From)
		if len(p) == len(from) && begins(p, from) {
			return clean(pm.To), true
		}
		if rel, ok := below(p, from); ok {
			return path.Join(clean(pm.To), rel), true
		}
	}
	return p, false
}
