package match

import (
	"cmp"
	"slices"
	"strings"
)

// leads returns the file that a path is, given where it begins.
func (m *matcher) leads(b beginning, p string) (file int32, how fit) {
	file = -1
	m.forms(p, func(form string, _ int) {
		if in, ok := b.in(form); ok {
			if f, fits := m.tree.lookup(in); fits > how {
				file, how = f, fits
			}
		}
	})
	return file, how
}

// differ reports whether two beginnings lead any path to different files.
func (m *matcher) differ(a, b beginning, sample []pending) bool {
	return slices.ContainsFunc(sample, func(p pending) bool {
		x, _ := m.leads(a, p.path)
		y, _ := m.leads(b, p.path)
		return x != y
	})
}

// place matches the paths that a beginning leads to a file, and returns those
// that do not have it. What has it and is no file is not in the commit.
func (m *matcher) place(found []Match, paths []pending, b beginning) (left []pending) {
	note := b.String()
	for _, p := range paths {
		f := &found[p.at]
		var files []int32
		how, in, covered := none, "", false
		m.forms(p.path, func(form string, own int) {
			to, ok := b.in(form)
			if !ok {
				return
			}
			if !covered {
				covered, in = true, to
			}
			file, fits := m.tree.lookup(to)
			if fits == none {
				return
			}
			how = max(how, fits)
			if !slices.Contains(files, file) {
				files = append(files, file)
			}
		})
		switch {
		case !covered:
			left = append(left, p)
		case len(files) > 1:
			m.unclear(f, files, "more than one source root of the report has it")
		case len(files) == 1:
			f.Path, f.How, f.Note = m.tree.files[files[0]], m.howOf(b, p.path, how), note
			if f.How == Exact {
				f.Note = ""
			}
		case b.drop == "" && b.put != "" && !m.onlyRun(b):
			left = append(left, p)
		default:
			f.In = in
			f.How, f.Note = Missing, note+", where the commit has no "+in
			if dir := m.foreignPart(p.path, b); dir != "" {
				f.How, f.Note = Foreign, "below "+dir
			} else if dir := m.tree.submodule(in); dir != "" {
				f.Note = "the commit has a submodule at " + dir + ", which is another repository"
			}
		}
	}
	return left
}

// onlyRun reports whether a report can have no other run that its relative paths
// belong to: it lies in the folder that they begin in.
func (m *matcher) onlyRun(b beginning) bool { return m.o.Location != "" && m.inFolder(b.put) }

func (m *matcher) foreignPart(p string, b beginning) string {
	rest, ok := b.rest(p)
	if !ok {
		rest = p
	}
	return foreign(rest, 0)
}

func (m *matcher) howOf(b beginning, p string, fits fit) How {
	switch {
	case fits == folded:
		return Folded
	case b.drop != "":
		return Dropped
	case len(m.elsewhere) > 0:
		return Sourced
	case b.put != "":
		return Begins
	}
	return Exact
}

// undecided marks the paths that beginnings of the same rank lead to different
// files, and returns the others.
func (m *matcher) undecided(found []Match, paths []pending, tied []*tally) (left []pending) {
	for _, p := range paths {
		var files []int32
		var puts []string
		for _, t := range tied {
			if f, fits := m.leads(t.beginning, p.path); fits != none && !slices.Contains(files, f) {
				files = append(files, f)
			}
			puts = append(puts, cmp.Or(t.put, "the root of the repository"))
		}
		if len(files) == 0 {
			left = append(left, p)
			continue
		}
		slices.Sort(puts)
		puts = slices.Compact(puts)
		m.unclear(&found[p.at], files, "the report's paths may begin in "+strings.Join(puts[:min(len(puts), 4)], " or "))
	}
	return left
}

// nowhere is a path that has another beginning than the report, or none that
// leads anywhere.
func (m *matcher) nowhere(f *Match, p string, runs []beginning) {
	f.How = Missing
	if dir := foreign(p, 0); dir != "" && !byPackage(p) {
		f.How, f.Note = Foreign, "below "+dir
		return
	}
	if dir := m.tree.submodule(p); dir != "" {
		f.In, f.Note = p, "the commit has a submodule at "+dir+", which is another repository"
		return
	}
	files, common := m.tree.alike(p)
	if common == 0 {
		f.Note = "no file of the commit has this name"
		return
	}
	if len(runs) == 0 && m.confirmed == 0 && len(files) > 1 && !byPackage(p) {
		m.unclear(f, files, "nothing shows which is meant")
		return
	}
	namesake := m.tree.files[files[0]]
	f.extend().flag = flagFor(p, namesake)
	switch {
	case len(runs) > 0:
		f.Note = runs[0].String() + "; this path begins elsewhere"
	case m.confirmed > 0:
		f.Note = "other files of the report are found as they stand; this path begins elsewhere"
	default:
		f.Note = "files of the commit have this name, such as " + namesake + ", but nothing shows that it is meant"
	}
}
