package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

// skipped reports whether a folder holds other people's code, what a tool keeps
// for itself, or reports that tests read.
func skipped(folder string) bool {
	switch strings.ToLower(folder) {
	case ".git", ".hg", ".svn", "__pycache__", "testdata", "fixtures", "__fixtures__":
		return true
	case "bazel-out", "bazel-testlogs", "deriveddata":
		return false // where Bazel and Xcode put reports
	}
	return match.ForeignFolder(folder)
}

// Found are the reports that Find found.
type Found struct {
	Files []string // sorted, each once
	Notes []string // what was left out, and what is to be done about it
}

// Find returns the reports below root. Patterns are paths, folders or doublestar
// globs relative to root (or absolute); one that names no report is an error. In
// a folder, and in root without patterns, files that are called and look like a
// report are found at any depth, folders of other people's code and of fixtures
// left out; finding none is an error.
func Find(root string, patterns []string) (Found, error) {
	if root == "" {
		root = "."
	}
	wanted, unwanted, err := Except(root, patterns)
	if err != nil {
		return Found{}, err
	}
	if len(wanted) == 0 {
		wanted = []string{"."}
	}
	var all Found
	for _, p := range wanted {
		found, err := findPattern(root, p)
		if err != nil {
			return Found{}, err
		}
		all.Files = append(all.Files, found.Files...)
		all.Notes = append(all.Notes, found.Notes...)
	}
	for i := range all.Files {
		all.Files[i] = filepath.Clean(all.Files[i])
	}
	slices.Sort(all.Files)
	all.Files = slices.DeleteFunc(slices.Compact(all.Files), unwanted)
	if len(all.Files) == 0 {
		return Found{}, fault.Errorf(fault.Input, "no coverage report is left: %s take all away", strings.Join(patterns, " "))
	}
	return all, nil
}

// Except splits off patterns that begin with "!": unwanted reports whether a
// file is one that they name, itself or by a folder above it. The rest is
// returned as it is.
func Except(root string, patterns []string) (wanted []string, unwanted func(file string) bool, err error) {
	var globs []string
	for _, p := range patterns {
		glob, not := strings.CutPrefix(p, "!")
		if !not {
			wanted = append(wanted, p)
			continue
		}
		if !filepath.IsAbs(glob) {
			glob = filepath.Join(root, glob)
		}
		if glob = filepath.ToSlash(glob); !doublestar.ValidatePattern(glob) {
			return nil, nil, fault.Errorf(fault.Input, "%q is no valid glob: a bracket or brace is not closed", p)
		}
		globs = append(globs, glob, glob+"/**")
	}
	return wanted, func(file string) bool {
		return slices.ContainsFunc(globs, func(glob string) bool {
			ok, _ := doublestar.Match(glob, filepath.ToSlash(filepath.Clean(file)))
			return ok
		})
	}, nil
}

// search looks for reports that nobody named.
type search struct {
	root     string
	found    Found
	links    []string // links to reports, which may be found as well
	combined bool     // Bazel's report of all tests is among them
	searched []string // folders in root
	left     []string // folders that were skipped
	raw      []remedy // what is no report yet, of each kind once in a folder
}

// findIn looks for reports in a folder.
func findIn(root string) (Found, error) {
	if info, err := os.Lstat(root); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if root, err = filepath.EvalSymlinks(root); err != nil {
			return Found{}, fault.As(fault.Input, err)
		}
	}
	s := &search{root: root}
	if err := s.walk(root); err != nil {
		return Found{}, fault.As(fault.Input, err)
	}
	for _, link := range []string{"bazel-out", "bazel-testlogs"} { // Walking does not follow links.
		dir := filepath.Join(root, link)
		if info, err := os.Lstat(dir); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			continue
		}
		if link == "bazel-out" {
			dir = filepath.Join(dir, "_coverage") // the rest is what was built
		}
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			if err := s.walk(real); err != nil {
				return Found{}, fault.As(fault.Input, err)
			}
		}
	}
	s.addLinks()
	if s.combined {
		s.found.Files = slices.DeleteFunc(s.found.Files, func(f string) bool { return filepath.Base(f) == "coverage.dat" })
	}
	if len(s.found.Files) == 0 {
		return Found{}, s.nothing()
	}
	s.noteRaw()
	return s.found, nil
}

// nothing is the error that says where was looked, and for what.
func (s *search) nothing() error {
	err := fault.Errorf(fault.Input, "no coverage report found in %s; looked for lcov.info, coverage.xml, jacoco.xml and their like %s", s.root, s.where())
	if len(s.raw) > 0 {
		r := s.raw[0]
		r.file = s.shown(r.file)
		return fault.WithHint(err, "%s", r.String())
	}
	return fault.WithHint(err, "run the tests with coverage first, or name the report; docs/formats.md lists every name that is looked for")
}

// where says which folders were searched.
func (s *search) where() string {
	list := func(names []string) string {
		const few = 6
		slices.Sort(names)
		names = slices.Compact(names)
		shown := names[:min(len(names), few)]
		text := strings.Join(shown, ", ")
		if n := len(names) - len(shown); n > 0 {
			text += fmt.Sprintf(" and %d more", n)
		}
		return text
	}
	text := "in it"
	if len(s.searched) > 0 {
		text += " and below " + list(s.searched)
	}
	if len(s.left) > 0 {
		text += "; not searched: " + list(s.left)
	}
	return text
}

// walk looks at everything below a folder.
func (s *search) walk(dir string) error {
	return filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			if file != dir && (errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrNotExist)) {
				s.note("%s cannot be searched: %v", file, errors.Unwrap(err))
				if d != nil && d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			return err
		}
		switch {
		case d.IsDir():
			return s.folder(file, d.Name(), file == dir)
		case d.Type()&fs.ModeSymlink != 0:
			if named(file) {
				s.links = append(s.links, file)
			}
		case d.Type().IsRegular():
			s.file(file, d.Name())
		}
		return nil
	})
}

func (s *search) folder(file, name string, root bool) error {
	if root {
		return nil
	}
	if skipped(name) {
		if name != ".git" {
			s.left = append(s.left, name)
		}
		return fs.SkipDir
	}
	if r, ok := remedyForFolder(name); ok {
		s.remember(r, file)
		return fs.SkipDir
	}
	if filepath.Dir(file) == s.root {
		s.searched = append(s.searched, name)
	}
	return nil
}

func (s *search) file(file, name string) {
	switch {
	case strings.HasPrefix(name, "covmeta."):
		s.found.Files = append(s.found.Files, filepath.Dir(file))
	case named(file):
		if s.isReport(file) {
			s.found.Files = append(s.found.Files, file)
			s.combined = s.combined || name == "_coverage_report.dat"
		}
	default:
		if r, ok := remedyForName(name); ok {
			s.remember(r, file)
		}
	}
}

// remember keeps the first file in each folder that has to be made a report of.
func (s *search) remember(r remedy, file string) {
	r.file = file
	const enough = 1000
	if len(s.raw) < enough && !slices.ContainsFunc(s.raw, func(o remedy) bool {
		return o.what == r.what && filepath.Dir(o.file) == filepath.Dir(file)
	}) {
		s.raw = append(s.raw, r)
	}
}

// noteRaw notes data of which no report seems to have been made: none is near
// it. One file of a kind speaks for all.
func (s *search) noteRaw() {
	noted := map[string]bool{}
	for _, r := range s.raw {
		around := filepath.Dir(filepath.Dir(r.file)) + string(filepath.Separator)
		near := filepath.Dir(r.file) == filepath.Clean(s.root) || slices.ContainsFunc(s.found.Files, func(f string) bool { return strings.HasPrefix(f, around) })
		if !near && !noted[r.what] {
			noted[r.what] = true
			r.file = s.shown(r.file)
			s.found.Notes = append(s.found.Notes, r.String())
		}
	}
}

func (s *search) note(format string, args ...any) {
	s.found.Notes = append(s.found.Notes, fmt.Sprintf(format, args...))
}

// shown is a file as seen from the root of the search.
func (s *search) shown(file string) string {
	if rel, err := filepath.Rel(s.root, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
}

// addLinks adds the links that lead to reports which were not found themselves.
func (s *search) addLinks() {
	for _, link := range s.links {
		real, err := filepath.EvalSymlinks(link)
		if err != nil {
			s.note("%s is a link that leads nowhere", s.shown(link))
			continue
		}
		if info, err := os.Stat(real); err != nil || !info.Mode().IsRegular() {
			continue
		}
		known := slices.ContainsFunc(s.found.Files, func(f string) bool {
			other, err := filepath.EvalSymlinks(f)
			return err == nil && other == real
		})
		if !known && s.isReport(link) {
			s.found.Files = append(s.found.Files, link)
		}
	}
}

// isReport reports whether some format knows the file. One that cannot be read
// is noted.
func (s *search) isReport(file string) bool {
	f, err := input.Open(file)
	if err != nil {
		s.note("%s cannot be read: %v", s.shown(file), errors.Unwrap(err))
		return false
	}
	defer f.Close()
	t, err := open(f, DefaultMaxSize)
	if err != nil {
		return true // let parsing say what is wrong with it
	}
	if t.entries != nil || t.sniff() != nil {
		return true
	}
	base := filepath.Base(file)
	r, known := remedyFor(base, t.head)
	switch {
	case known:
		r.file = s.shown(file)
		s.note("%s", r.String())
		s.raw = append(s.raw, r)
	case len(t.head) == 0:
		s.note("%s is empty", s.shown(file))
	case !commonName(base):
		s.note("%s is passed over: its format is none that is known", s.shown(file))
	}
	return false
}

// FormatOf returns the name of the format that a file's first bytes show; "" if
// they show none, and for archives.
func FormatOf(file string) string {
	f, err := input.Open(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	if t, err := open(f, DefaultMaxSize); err == nil && t.entries == nil {
		if format := t.sniff(); format != nil {
			return format.Name
		}
	}
	return ""
}
