// Package diff finds the lines that a change adds or edits. It reads unified
// diffs from anywhere and asks git for the diff of a pull request. Only line
// numbers are kept, so that a diff of any size costs the size of its answer.
package diff

import (
	"cmp"
	"iter"
	"path"
	"sort"
)

// Kind is what happened to a file.
type Kind string

// The kinds. A copied file counts as added only where it differs from its
// source, as a renamed one does.
const (
	Added    Kind = "added"
	Modified Kind = "modified"
	Deleted  Kind = "deleted"
	Renamed  Kind = "renamed"
	Copied   Kind = "copied"
)

// File is one file of a change.
type File struct {
	Path      string // slash-separated, in the new version; in the old one if it was deleted
	OldPath   string // before a rename or copy; else ""
	Kind      Kind
	Binary    bool
	Submodule bool
	Lines     []int // of the new version that are new or edited, ascending
}

// Change is a whole diff, in its own order.
type Change struct {
	Files []File
	// Cut says that the diff ended before its last hunk did: lines may be
	// missing, and no verdict over them can be trusted.
	Cut bool

	edits map[string]edit // by path in the new version; nil where the change was not read from a diff
}

// edit is where a file stands among those of the change, and its hunks, ascending.
type edit struct {
	file  int
	hunks []hunk
}

// add adds a file. One that was deleted is no file of the new version.
func (c *Change) add(f File, hunks []hunk) {
	if c.edits == nil {
		c.edits = map[string]edit{}
	}
	shift := 0
	for i := range hunks {
		h := &hunks[i]
		shift += h.old - h.new
		h.shift = shift
	}
	if f.Kind != Deleted {
		c.edits[f.Path] = edit{len(c.Files), hunks}
	}
	c.Files = append(c.Files, f)
}

// hunk is a run of lines that was replaced: of the old version, and of the new.
type hunk struct {
	oldAt, old, newAt, new int
	shift                  int // from lines of the new version behind it to those of the old
}

// span returns the lines of the new version: from the first to before the second.
func (h hunk) span() (from, end int) {
	from = h.newAt
	if h.new == 0 { // lines are gone after this one
		from++
	}
	return from, from + h.new
}

// Before returns where a line of the new version was in the old one, and
// whether anything within reach lines of it was edited. ok is false for a line
// that is new or edited. A file that the change does not name is as it was.
func (c Change) Before(path string, line, reach int) (oldPath string, oldLine int, near, ok bool) {
	e, named := c.edits[path]
	if !named {
		return path, line, false, true
	}
	f := c.Files[e.file]
	if f.Kind == Added || f.Binary || f.Submodule {
		return "", 0, false, false
	}
	oldPath, oldLine = cmp.Or(f.OldPath, path), line
	next := sort.Search(len(e.hunks), func(i int) bool { _, end := e.hunks[i].span(); return line < end })
	if next < len(e.hunks) {
		from, _ := e.hunks[next].span()
		if line >= from {
			return "", 0, false, false
		}
		near = line >= from-reach
	}
	if next > 0 {
		last := e.hunks[next-1]
		_, end := last.span()
		oldLine += last.shift
		near = near || line < end+reach
	}
	return oldPath, oldLine, near, true
}

// Lines returns the changed lines of every file that has any in the new version:
// not of deleted files, binary files and submodules.
func (c Change) Lines() iter.Seq2[string, []int] {
	return func(yield func(string, []int) bool) {
		for _, f := range c.Files {
			if f.Kind == Deleted || f.Binary || f.Submodule {
				continue
			}
			if !yield(f.Path, f.Lines) {
				return
			}
		}
	}
}

// Paths are the files that exist in the new version.
func (c Change) Paths() []string {
	var out []string
	for _, f := range c.Files {
		if f.Kind != Deleted && !f.Submodule {
			out = append(out, f.Path)
		}
	}
	return out
}

// clean makes a path of a diff relative and slash-separated without dots.
func clean(p string) string {
	p = path.Clean(p)
	if p == "." {
		return ""
	}
	return p
}
