package match

import (
	"cmp"
	"slices"
	"strings"
)

// forms calls see for the paths that a relative one may stand for, given the source
// roots of the report, each with how many of its bytes are the user's for certain.
// It is no iterator, of which the compiler makes twice as much.
func (m *matcher) forms(p string, see func(form string, own int)) {
	if isAbs(p) || len(m.elsewhere) == 0 {
		see(p, 0)
		return
	}
	for _, root := range m.elsewhere {
		form, _ := join(root, p)
		if root == "/" {
			form = "/" + p
		}
		see(form, len(root))
	}
}

// led is where a beginning leads one form of a path.
type led struct {
	form, in string // in is the path in the repository
	file     int32  // -1 if the commit does not have it
	fits     fit
}

// led follows a beginning with every form of a path that has it.
func (m *matcher) led(b beginning, p string, see func(led)) {
	m.forms(p, func(form string, _ int) {
		if in, ok := b.in(form); ok {
			file, fits := m.tree.lookup(in)
			see(led{form, in, file, fits})
		}
	})
}

// leads returns the file that a path is, given where it begins.
func (m *matcher) leads(b beginning, p string) (file int32, how fit) {
	file = -1
	m.led(b, p, func(l led) {
		if l.fits > how {
			file, how = l.file, l.fits
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
func (m *matcher) place(found []Match, paths []pending, t *tally) (left []pending) {
	b, note := t.beginning, t.String()
	for _, p := range paths {
		f := &found[p.at]
		var files []int32
		how, in, covered := none, "", false
		m.led(b, p.path, func(l led) {
			if !covered {
				covered, in = true, l.in
			}
			how = max(how, l.fits)
			if l.fits != none && !slices.Contains(files, l.file) {
				files = append(files, l.file)
			}
		})
		several, mixed := "more than one source root of the report has it", false
		if len(files) == 1 {
			for _, o := range t.others {
				if file, fits := m.leads(o, p.path); fits != none && file != files[0] {
					files, several, mixed = append(files, file), note+", and others "+strings.TrimPrefix(o.String(), "the report's paths begin "), true
				}
			}
		}
		switch {
		case !covered:
			left = append(left, p)
		// Each source root would be a file of its own: none is more likely.
		case len(files) > 1:
			if m.unclear(f, files, several); mixed {
				f.extend().flag = "" // no folder is that of them all
			}
		case len(files) == 1:
			f.Path, f.How, f.Note = m.tree.files[files[0]], m.howOf(b, how), note
			if f.How == Exact {
				f.Note = ""
			}
		case b.drop == "" && b.put != "" && !m.inFolder(b.put):
			// A relative path may be of another run, but not where the report
			// lies in the very folder that its paths begin in.
			left = append(left, p)
		default:
			f.In, f.How = in, Missing
			f.Note = cmp.Or(m.tree.submodule(in), note+", where the commit has no "+in)
			rest, ok := b.rest(p.path)
			if !ok {
				rest = p.path
			}
			if dir := foreign(rest, 0); dir != "" {
				f.How, f.Note = Foreign, "below "+dir
			}
		}
	}
	return left
}

// howOf names the way by which a beginning led to a file.
func (m *matcher) howOf(b beginning, fits fit) How {
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
	if note := m.tree.submodule(p); note != "" {
		f.In, f.Note = p, note
		return
	}
	files, common := m.tree.alike(p)
	if common == 0 {
		f.Note = "no file of the commit has this name"
		return
	}
	// Where nothing of the report is known to be the commit's, a name alone is no
	// evidence, but those files are what the user may have meant.
	if len(runs) == 0 && m.confirmed == 0 && len(files) > 1 && !byPackage(p) {
		m.unclear(f, files, "nothing shows which is meant")
		return
	}
	namesake := m.tree.files[slices.Min(files)] // the order of files is not that of paths in every tree
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
