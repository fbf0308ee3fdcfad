package input

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// maxWays is how many texts the braces of a glob may stand for. The matcher tries
// all of them: twenty pairs of braces are a million.
const maxWays = 1000

// CheckGlob returns why a glob is none, or one that takes too long to match.
func CheckGlob(glob string) error {
	ways, open := 1, []int(nil) // the alternatives of each pair that is not closed
	for _, c := range []byte(glob) {
		last := len(open) - 1
		switch {
		case c == '{':
			open = append(open, 1)
		case c == ',' && last >= 0:
			open[last]++
		case c == '}' && last >= 0:
			ways, open = min(ways*open[last], maxWays+1), open[:last]
		}
	}
	switch {
	case ways > maxWays:
		return fmt.Errorf("%.80q: its braces stand for more than %d globs", glob, maxWays)
	case !doublestar.ValidatePattern(glob):
		return fmt.Errorf("%q is no valid glob: a bracket or brace is not closed", glob)
	}
	return nil
}

// Left is what a glob may have meant and was not looked at.
type Left struct {
	Path string
	Why  string // "cannot be searched: permission denied"
}

// Globbed is what a glob names.
type Globbed struct {
	Base  string   // the folder that the part without wildcards names
	Files []string // regular files and links to them, below Base
	Left  []Left
}

// Glob returns what a doublestar glob names, which is absolute or relative to the
// folder root. As in a shell, its ** goes through no link to a folder, since such
// a link may lead back to where it lies, and the rest of it does. Folders below
// the base that skip holds for are left out by their names; skip may be nil. A
// glob that names no file is no error.
func Glob(root, glob string, skip func(folder string) bool) (Globbed, error) {
	base, rest := doublestar.SplitPattern(path.Clean(filepath.ToSlash(glob)))
	if err := CheckGlob(rest); err != nil {
		return Globbed{}, err
	}
	g := &globbing{skip: skip}
	if g.Base = filepath.FromSlash(base); !filepath.IsAbs(g.Base) {
		g.Base = filepath.Join(root, g.Base)
	}
	g.FS = os.DirFS(g.Base)
	err := g.find(rest)
	return g.Globbed, err
}

func (g *globbing) find(glob string) error {
	flat, deep := beforeStars(glob)
	if deep == "" {
		return doublestar.GlobWalk(g, flat, func(name string, _ fs.DirEntry) error { g.add(name); return nil }, doublestar.WithFilesOnly())
	}
	return doublestar.GlobWalk(g, flat, func(folder string, _ fs.DirEntry) error { return g.walk(folder, deep) })
}

// beforeStars splits a glob before the part of its path that has the first **;
// deep is "" if there is none.
func beforeStars(glob string) (flat, deep string) {
	at := strings.Index(glob, "**")
	if at < 0 {
		return glob, ""
	}
	flat = glob[:at]
	if strings.Count(flat, "{") != strings.Count(flat, "}") {
		flat = flat[:strings.IndexByte(flat, '{')]
	}
	at = strings.LastIndexByte(flat, '/')
	if at < 0 {
		return ".", glob
	}
	return glob[:at], glob[at+1:]
}

// globbing is the folder that a glob begins in, and what was found in it. Its
// names are slashed, relative to Base.
type globbing struct {
	fs.FS
	Globbed

	skip func(string) bool
}

// ReadDir implements [fs.ReadDirFS]. A folder that cannot be read is left, and
// is none.
func (g *globbing) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(g.FS, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		g.leave(name, fmt.Sprintf("cannot be searched: %v", errors.Unwrap(err)))
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool {
		return g.skip != nil && !e.Type().IsRegular() && g.skip(e.Name())
	}), nil
}

// Stat implements [fs.StatFS].
func (g *globbing) Stat(name string) (fs.FileInfo, error) { return fs.Stat(g.FS, name) }

// walk adds the files below a folder that a glob names.
func (g *globbing) walk(folder, glob string) error {
	return fs.WalkDir(g, folder, func(name string, d fs.DirEntry, err error) error {
		below := name
		if folder != "." {
			below = strings.TrimPrefix(strings.TrimPrefix(name, folder), "/")
		}
		switch {
		case err != nil: // of the folder itself
			g.add(name)
		case d.IsDir():
		case doublestar.MatchUnvalidated(glob, below):
			g.add(name)
		case d.Type()&fs.ModeSymlink != 0:
			g.leaveLink(name)
		}
		return nil
	})
}

// add adds a file, if it is one.
func (g *globbing) add(name string) {
	switch info, err := g.Stat(name); {
	case errors.Is(err, fs.ErrNotExist):
		g.leave(name, "is a link that leads nowhere")
	case err != nil:
		g.leave(name, fmt.Sprintf("cannot be looked at: %v", errors.Unwrap(err)))
	case info.IsDir():
		g.leaveLink(name)
	case info.Mode().IsRegular():
		g.Files = append(g.Files, g.path(name))
	}
}

// leaveLink leaves a link to a folder outside of Base: one inside of it is searched
// by its own name.
func (g *globbing) leaveLink(name string) {
	if dir, out := LeadsOut(g.path(name), g.Base); out {
		g.leave(name, "is a link to the folder "+dir+", which ** does not go through")
	}
}

func (g *globbing) leave(name, why string) {
	if l := (Left{g.path(name), why}); !slices.Contains(g.Left, l) { // folders are read more than once
		g.Left = append(g.Left, l)
	}
}

func (g *globbing) path(name string) string { return filepath.Join(g.Base, filepath.FromSlash(name)) }

// LeadsOut returns the folder that a link leads to, and whether that lies outside
// of root. What leads to none does not.
func LeadsOut(link, root string) (folder string, out bool) {
	if info, err := os.Stat(link); err != nil || !info.IsDir() {
		return "", false
	}
	folder, err := filepath.EvalSymlinks(link)
	if err != nil {
		return "", false
	}
	if root, err = filepath.EvalSymlinks(root); err != nil {
		return folder, true
	}
	rel, err := filepath.Rel(root, folder)
	return folder, err != nil || !filepath.IsLocal(rel)
}

// Once returns the files, which are absolute or relative to the folder root,
// without those that are one before them by a link.
func Once(root string, files []string) []string {
	seen := map[string]bool{}
	return slices.DeleteFunc(files, func(name string) bool {
		full := filepath.Clean(name)
		if !filepath.IsAbs(full) {
			full = filepath.Join(root, full)
		}
		if abs, err := filepath.Abs(full); err == nil {
			full = abs
		}
		if real, err := filepath.EvalSymlinks(full); err == nil {
			full = real
		}
		again := seen[full]
		seen[full] = true
		return again
	})
}
