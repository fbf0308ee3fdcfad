package formats

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage/gocover"
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
	case ".nx", ".turbo", ".wireit", ".stryker-tmp": // copies of what runs before have written
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
		for _, file := range found.Files {
			all.Files = append(all.Files, filepath.Clean(file))
		}
		all.Notes = append(all.Notes, found.Notes...)
	}
	slices.Sort(all.Files)
	all.Files = slices.DeleteFunc(input.Once(root, all.Files), unwanted)
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
		glob = path.Clean(filepath.ToSlash(glob))
		if err := input.CheckGlob(glob); err != nil {
			return nil, nil, fault.As(fault.Input, err)
		}
		globs = append(globs, glob, glob+"/**")
	}
	return wanted, func(file string) bool {
		full := filepath.Clean(file)
		below, err := filepath.Rel(root, full)
		return slices.ContainsFunc(globs, func(glob string) bool {
			name := full
			// Relative to root, which may have a glob's signs in its own name.
			if err == nil && !filepath.IsAbs(filepath.FromSlash(glob)) {
				name = below
			}
			ok, _ := doublestar.Match(glob, filepath.ToSlash(name))
			return ok
		})
	}, nil
}

// within reports whether a file is below a folder.
func within(dir, file string) bool {
	rel, err := filepath.Rel(dir, file)
	return err == nil && filepath.IsLocal(rel)
}

// shown is a file as seen from a folder, if it is below it.
func shown(root, file string) string {
	if rel, err := filepath.Rel(root, file); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return file
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

// findPattern returns the files that one path, folder or glob names.
func findPattern(root, pattern string) (Found, error) {
	full := pattern
	if !filepath.IsAbs(full) {
		full = filepath.Join(root, pattern)
	}
	switch info, err := os.Stat(full); {
	case err == nil && info.IsDir() && !gocover.IsCounters(full):
		return findIn(root, full)
	case err == nil:
		return Found{Files: []string{full}}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return Found{}, fault.As(fault.Input, err)
	}
	if !strings.ContainsAny(pattern, "*?[{") {
		return Found{}, fault.Errorf(fault.Input, "coverage report %s does not exist", pattern)
	}
	named, err := input.Glob(root, pattern, func(folder string) bool {
		return skipped(folder) && (folder == ".git" || !strings.Contains(pattern, folder))
	})
	if err != nil {
		return Found{}, fault.As(fault.Input, err)
	}
	var found Found
	for _, l := range named.Left {
		found.Notes = append(found.Notes, shown(root, l.Path)+" "+l.Why)
	}
	files, notes := leaveCheckouts(root, named.Base, named.Files)
	found.Files, found.Notes = files, append(found.Notes, notes...)
	if len(files) == 0 {
		err := fault.Errorf(fault.Input, "no coverage report matches %s", pattern)
		if len(found.Notes) > 0 {
			return Found{}, fault.WithHint(err, "%s", found.Notes[len(found.Notes)-1])
		}
		return Found{}, err
	}
	return found, nil
}
