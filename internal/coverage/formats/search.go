package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

// search looks for reports that nobody named.
type search struct {
	from     string // folder that names are shown from
	root     string
	found    Found
	links    []string            // links to reports, which may be found as well
	combined bool                // Bazel's report of all tests is among them
	searched []string            // folders in root
	left     []string            // folders that were skipped
	noted    map[string]struct{} // what found.Notes has
	raw      []remedy            // what is no report yet, of each kind once in a folder
}

// findIn looks for reports in the folder root. Notes name them as seen from another.
func findIn(from, root string) (Found, error) {
	if info, err := os.Lstat(root); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		if root, err = filepath.EvalSymlinks(root); err != nil {
			return Found{}, fault.As(fault.Input, err)
		}
	}
	s := &search{from: from, root: root, noted: map[string]struct{}{}}
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
	var notes []string
	s.found.Files, notes = leaveCheckouts(from, root, s.found.Files)
	if len(s.found.Files) == 0 {
		return Found{}, s.nothing(notes)
	}
	s.found.Notes = append(s.found.Notes, notes...)
	s.noteRaw()
	return s.found, nil
}

// nothing is the error that says where was looked, and for what.
func (s *search) nothing(notes []string) error {
	err := fault.Errorf(fault.Input, "no coverage report found in %s; looked for lcov.info, coverage.xml, jacoco.xml and their like %s", s.root, s.where())
	hint := "run the tests with coverage first, or name the report; docs/formats.md lists every name that is looked for"
	switch {
	case len(notes) > 0:
		hint = notes[0]
	case len(s.raw) > 0:
		hint = s.raw[0].of(s.shown(s.raw[0].file))
	case len(s.found.Notes) > 0:
		hint = s.found.Notes[0]
	}
	return fault.WithHint(err, "%s", hint)
}

// where says which folders were searched.
func (s *search) where() string {
	list := func(names []string) string {
		const few = 6
		slices.Sort(names)
		if names = slices.Compact(names); len(names) > few {
			return strings.Join(names[:few], ", ") + fmt.Sprintf(" and %d more", len(names)-few)
		}
		return strings.Join(names, ", ")
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
			if file == dir || !errors.Is(err, fs.ErrPermission) && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			s.note("%s cannot be searched: %v", s.shown(file), errors.Unwrap(err))
			if d != nil && d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		switch {
		case file == dir:
		case d.IsDir():
			return s.folder(file, d.Name())
		case d.Type()&fs.ModeSymlink != 0:
			if named(file) {
				s.links = append(s.links, file)
			}
			// What Bazel's lead to is looked at by findIn, as far as it is reports.
			if skipped(d.Name()) || strings.HasPrefix(d.Name(), "bazel-") {
				return nil
			}
			if dir, out := input.LeadsOut(file, s.root); out {
				s.glance(file, dir, s.shown(file)+" is a link to a folder elsewhere")
			}
		case d.Type().IsRegular():
			s.file(file, d.Name())
		}
		return nil
	})
}

func (s *search) folder(file, name string) error {
	if skipped(name) {
		if name != ".git" {
			s.left = append(s.left, name)
		}
		if match.MayBeOwn(name) {
			s.glance(file, file, "folders called "+name+" hold other people's code")
		}
		return fs.SkipDir
	}
	if r := remedyForFolder(name); r.what != "" {
		s.remember(r, file)
		return fs.SkipDir
	}
	if filepath.Dir(file) == s.root {
		s.searched = append(s.searched, name)
	}
	return nil
}

// glanced is how many files and folders a folder of other people's code is
// looked through.
const glanced = 2000

// glance notes the first report in a folder that is not searched, and may be the
// user's all the same. It is shown by its name, and lies in dir.
func (s *search) glance(folder, dir, why string) {
	seen := 0
	_ = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		seen++
		switch {
		case err != nil || seen > glanced:
			return fs.SkipAll
		case d.IsDir():
			if file != dir && skipped(d.Name()) {
				return fs.SkipDir
			}
		case d.Type().IsRegular() && named(file) && FormatOf(file) != "":
			s.note("%s is not read, since %s: name it if it is yours", s.shown(folder+strings.TrimPrefix(file, dir)), why)
			return fs.SkipAll
		}
		return nil
	})
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
	case unsaid(name):
		s.remember(remedyInside(file), file)
	default:
		s.remember(remedyForName(name), file)
	}
}

// remember keeps the first file in each folder that has to be made a report of: a
// build may have left thousands side by side.
func (s *search) remember(of *remedy, file string) {
	const enough = 1000
	r := *of
	r.file = file
	if r.what != "" && len(s.raw) < enough && !slices.ContainsFunc(s.raw, func(o remedy) bool {
		return o.what == r.what && filepath.Dir(o.file) == filepath.Dir(file)
	}) {
		s.raw = append(s.raw, r)
	}
}

// noteRaw notes data of which no report seems to have been made: none is below
// its folder or the one above it; of the root, which other projects may share,
// only what lies in it counts. One file of a kind speaks for all.
func (s *search) noteRaw() {
	noted := map[string]bool{}
	root := filepath.Clean(s.root)
	for _, r := range s.raw {
		dir := filepath.Dir(r.file)
		above := filepath.Dir(dir)
		near := slices.ContainsFunc(s.found.Files, func(f string) bool {
			return within(dir, f) || within(above, f) && (above != root || filepath.Dir(f) == root)
		})
		if !near && !noted[r.what] {
			noted[r.what] = true
			s.note("%s", r.of(s.shown(r.file)))
		}
	}
}

// note notes what was left out, once.
func (s *search) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if _, twice := s.noted[text]; !twice {
		s.noted[text] = struct{}{}
		s.found.Notes = append(s.found.Notes, text)
	}
}

// shown is a file as seen from the user's folder.
func (s *search) shown(file string) string { return shown(s.from, file) }

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
	r := remedyFor(base, t.head)
	switch {
	case r.what != "":
		s.remember(r, file)
	case len(t.head) == 0:
		s.note("%s is empty", s.shown(file))
	case !commonName(base):
		s.note("%s is passed over: its format is none that is known", s.shown(file))
	}
	return false
}
