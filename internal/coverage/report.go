// Package coverage is the model every report is read into: files, their
// coverable lines with hits, and the branches of a line where a format has
// them. Format packages fill it, the matcher renames its files to the paths of
// the commit's tree, and everything downstream only reads it.
package coverage

import (
	"iter"
	"math"
	"slices"
	"sort"
)

// Report is the coverage of a set of files. It is not safe for concurrent use;
// parse several reports side by side and Merge them after.
type Report struct {
	// Sources are the roots that the report says its paths are relative to
	// (Cobertura's <source>), as written there.
	Sources []string

	files map[string]*File
}

// New gives an empty report.
func New() *Report { return &Report{files: map[string]*File{}} }

// File gives the file of that path, adding it if the report has none.
func (r *Report) File(path string) *File {
	f := r.files[path]
	if f == nil {
		f = &File{Path: path}
		r.files[path] = f
	}
	return f
}

// Files gives the files sorted by path. The slice is the caller's, the files
// are the report's.
func (r *Report) Files() []*File {
	out := make([]*File, 0, len(r.files))
	for _, f := range r.files {
		out = append(out, f)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Path < out[j].Path })
	return out
}

// Len is the number of files.
func (r *Report) Len() int { return len(r.files) }

// Merge adds another report's hits to this one. The other stays unchanged.
func (r *Report) Merge(o *Report) {
	for _, s := range o.Sources {
		if !slices.Contains(r.Sources, s) {
			r.Sources = append(r.Sources, s)
		}
	}
	for path, of := range o.files {
		r.File(path).merge(of)
	}
}

// Totals counts the whole report.
func (r *Report) Totals() Totals {
	var t Totals
	for _, f := range r.files {
		t = t.plus(f.Totals())
	}
	return t
}

// File is one source file's coverage: which lines can be covered, and how
// often each ran.
type File struct {
	// Path is slash-separated: the report's own spelling until the matcher has
	// replaced it by the path in the repository.
	Path string

	lines    map[int]int64
	branches map[int]Branches
}

// Hit adds hits to a line, and makes the line coverable if it was not. Lines
// count from 1; a line below 1 is ignored. Sums saturate at the largest int64;
// a negative count is 0.
func (f *File) Hit(line int, hits int64) {
	if line < 1 {
		return
	}
	if f.lines == nil {
		f.lines = map[int]int64{}
	}
	f.lines[line] = add(f.lines[line], max(hits, 0))
}

// Line gives a line's hits, and whether the line is coverable at all.
func (f *File) Line(line int) (hits int64, coverable bool) {
	hits, coverable = f.lines[line]
	return hits, coverable
}

// Lines gives the coverable lines in ascending order with their hits.
func (f *File) Lines() iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		for _, n := range sortedKeys(f.lines) {
			if !yield(n, f.lines[n]) {
				return
			}
		}
	}
}

// Branches is how many of a line's branches ran, of how many there are.
type Branches struct {
	Covered int `json:"covered"`
	Total   int `json:"total"`
}

// SetBranches records the branches of a line. Repeated records of one line
// keep the larger count of each number.
func (f *File) SetBranches(line int, b Branches) {
	if f.branches == nil {
		f.branches = map[int]Branches{}
	}
	old := f.branches[line]
	f.branches[line] = Branches{max(old.Covered, b.Covered), max(old.Total, b.Total)}
}

// Branches gives the lines that branch, ascending.
func (f *File) Branches() iter.Seq2[int, Branches] {
	return func(yield func(int, Branches) bool) {
		for _, n := range sortedKeys(f.branches) {
			if !yield(n, f.branches[n]) {
				return
			}
		}
	}
}

// Totals counts the file.
func (f *File) Totals() Totals {
	t := Totals{Files: 1, Lines: Count{Coverable: len(f.lines)}}
	for _, hits := range f.lines {
		if hits > 0 {
			t.Lines.Covered++
		}
	}
	for _, b := range f.branches {
		t.Branches.Covered += b.Covered
		t.Branches.Total += b.Total
	}
	return t
}

func (f *File) merge(o *File) {
	for n, hits := range o.lines {
		f.Hit(n, hits)
	}
	for n, b := range o.branches {
		f.SetBranches(n, b)
	}
}

// Totals are the sums of a file or a report.
type Totals struct {
	Files    int      `json:"files"`
	Lines    Count    `json:"lines"`
	Branches Branches `json:"branches"`
}

func (t Totals) plus(u Totals) Totals {
	return Totals{
		Files:    t.Files + u.Files,
		Lines:    Count{t.Lines.Covered + u.Lines.Covered, t.Lines.Coverable + u.Lines.Coverable},
		Branches: Branches{t.Branches.Covered + u.Branches.Covered, t.Branches.Total + u.Branches.Total},
	}
}

// Count is covered lines of coverable lines.
type Count struct {
	Covered   int `json:"covered"`
	Coverable int `json:"coverable"`
}

// Percent is the covered share in percent; ok is false where nothing is
// coverable, for which no number would be true.
func (c Count) Percent() (percent float64, ok bool) {
	if c.Coverable == 0 {
		return 0, false
	}
	return 100 * float64(c.Covered) / float64(c.Coverable), true
}

func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func sortedKeys[V any](m map[int]V) []int {
	keys := make([]int, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
