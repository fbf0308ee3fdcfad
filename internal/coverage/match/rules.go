package match

import (
	"path"
	"slices"
	"strings"
)

// rule is one that is definite: where it applies, its answer stands.
type rule struct {
	name string
	ask  func(m *matcher, p string) answer
}

// answer is what a definite rule says of a path.
type answer struct {
	applies bool
	files   []int32 // the file; several if they fit equally well, none if the commit lacks it
	how     How
	in      string // the path that was looked for
	said    string // in words
}

// definiteRules are asked one after another, until one applies.
func definiteRules() [7]rule {
	return [...]rule{
		{"path-map", (*matcher).byMap},
		{"installed", (*matcher).byInstalled},
		{"checkout", (*matcher).byCheckout},
		{"root", (*matcher).byRoot},
		{"go-module", (*matcher).byModule},
		{"source", (*matcher).bySource},
		{"report-folder", (*matcher).byLocation},
	}
}

// lookFor is the answer of a rule that knows the path in the repository.
func (m *matcher) lookFor(in string, how How, missing string) answer {
	a := answer{applies: true, how: how, in: in}
	file, fits := m.tree.lookup(in)
	if fits == none {
		a.said = missing + in
		return a
	}
	if fits == folded {
		a.said = "but for upper and lower case"
	}
	a.files = []int32{file}
	return a
}

// byMap answers for what the user rewrites: nobody knows better.
func (m *matcher) byMap(p string) answer {
	if to, ok := m.mapped(p); ok {
		return m.lookFor(to, Mapped, "--path-map makes it ")
	}
	return answer{said: "no --path-map begins it"}
}

// byCheckout answers for absolute paths on this machine, or in a container whose
// folder of the checkout is known.
func (m *matcher) byCheckout(p string) answer {
	if rel, ok := m.inCheckout(p); ok {
		return m.lookFor(rel, Checkout, "in the checkout it is ")
	}
	return answer{said: "not below the checkout"}
}

// byRoot answers for relative paths where the user named the folder they begin
// in. The names of packages may begin deeper in it.
func (m *matcher) byRoot(p string) answer {
	root := clean(m.o.Root)
	if m.o.Root == "" || isAbs(p) {
		return answer{said: "no --root that it could be relative to"}
	}
	in, ok := join(root, p)
	if !ok {
		return answer{said: "above --root"}
	}
	a := m.lookFor(in, Rooted, "below --root it is ")
	if len(a.files) > 0 {
		return a
	}
	if _, already := below(p, root); already {
		if file, fits := m.tree.lookup(p); fits != none {
			return answer{applies: true, files: []int32{file}, how: Rooted, in: p, said: "the path names the root itself"}
		}
	}
	if byPackage(p) {
		return answer{said: "the commit has no " + in}
	}
	return a
}

// byModule answers for import paths of Go.
// The longest module that fits is the path's own: a repository may have a module
// within a module, and Go takes the inner one.
func (m *matcher) byModule(p string) answer {
	if isAbs(p) || !m.o.Imports && !strings.HasSuffix(p, ".go") {
		return answer{said: "no Go import path"}
	}
	for _, mod := range m.modules {
		rel, ok := below(p, mod.Path)
		if !ok {
			continue
		}
		first, _, _ := strings.Cut(mod.Path, "/")
		if !m.o.Imports && !strings.Contains(first, ".") {
			// Not surely an import path: a module may be called as a folder is.
			if file, fits := m.tree.lookup(p); fits == very {
				return answer{applies: true, files: []int32{file}, how: Exact, in: p}
			}
		}
		return m.inModules(mod.Path, rel)
	}
	return answer{said: "no module of the commit begins it"}
}

// inModules answers for a file of the modules of one path: hardly a commit has
// several, and then it is that of the nearest to the report.
func (m *matcher) inModules(module, rel string) answer {
	var dirs []string
	nearest := 0
	for _, mod := range m.modules {
		if near := shared(m.location, mod.Dir); mod.Path == module && near >= nearest {
			if near > nearest {
				dirs = nil
			}
			dirs, nearest = append(dirs, mod.Dir), near
		}
	}
	var all answer
	for _, dir := range dirs {
		a := m.lookFor(path.Join(dir, rel), Module, "module "+module+" has it at ")
		if a.files = append(all.files, a.files...); len(a.files) > len(all.files) || !all.applies {
			all = a
		}
	}
	if len(all.files) > 1 {
		all.said = "more than one module " + module + " has it"
	}
	return all
}

// bySource answers for relative paths where all folders that the report names
// are the repository's. It is the only one that has the file.
func (m *matcher) bySource(p string) answer {
	if isAbs(p) || len(m.roots) == 0 {
		return answer{said: "the report names no folder of the commit that it could be relative to"}
	}
	a := answer{applies: true, how: Sourced}
	for _, root := range m.roots {
		in, ok := join(root, p)
		if !ok {
			continue
		}
		if a.in == "" {
			a.in = in
		}
		if file, fits := m.tree.lookup(in); fits != none && !slices.Contains(a.files, file) {
			a.files = append(a.files, file)
		}
	}
	switch {
	case len(a.files) > 1:
		a.said = "more than one source root of the report has it"
	case len(a.files) == 1:
	case len(m.elsewhere) > 0 || byPackage(p) || a.in == "":
		return answer{said: "not below a source root that the commit has"}
	default:
		a.said = "no source root of the report has it, as in " + a.in
	}
	if len(m.roots) == 1 && m.roots[0] == "" && len(a.files) == 1 && m.tree.files[a.files[0]] == p {
		a.how = Exact
	}
	return a
}

// byLocation answers for paths that begin with ../: many tools write them
// relative to the report. What lies in a submodule is the submodule's report.
// Only the very path is believed: tools also write ../ relative to where they ran,
// which the report's other paths show.
func (m *matcher) byLocation(p string) answer {
	if dir := m.tree.submoduleOf(m.lies + "/."); dir != "" && !isAbs(p) {
		in := p
		if !inside(p, dir) {
			in, _ = join(dir, p)
		}
		return m.lookFor(in, Beside, "the report lies in "+dir+" and means ")
	}
	if m.o.Location == "" || !strings.HasPrefix(p, "../") {
		return answer{said: "not relative to the report's folder"}
	}
	if m.ranIn == "" {
		m.ranIn = m.above() + "/"
	}
	dir := strings.TrimSuffix(m.ranIn, "/")
	if in, ok := join(dir, p); ok {
		if file, fits := m.tree.lookup(in); fits == very {
			return answer{applies: true, files: []int32{file}, how: Beside, in: in}
		}
		if dir != m.lies {
			return answer{applies: true, how: Beside, in: in, said: "the report's paths begin in " + dir + ", where it is " + in}
		}
	}
	return answer{said: "the report's folder does not lead to it"}
}

// above returns the folder, of the report's own and those above it but the root,
// where the commit has the most of the report's relative paths: the own one if it
// has none of them in any.
func (m *matcher) above() string {
	best, most := m.lies, 0
	for dir := m.lies; dir != ""; dir = parent(dir) {
		n := 0
		for _, p := range m.paths[:min(len(m.paths), maxSample)] {
			if p = clean(p); isAbs(p) || strings.HasPrefix(p, "../") || byPackage(p) {
				continue
			}
			if _, fits := m.tree.lookup(dir + "/" + p); fits == very {
				n++
			}
		}
		if n > most {
			best, most = dir, n
		}
	}
	return best
}
