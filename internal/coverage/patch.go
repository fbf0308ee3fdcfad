package coverage

import (
	"iter"
	"maps"
	"slices"
	"sort"
)

// Patch is the coverage of the lines that a change adds or edits. Files are
// sorted by path; a file of the change that no report names is in Unreported.
type Patch struct {
	Files      []PatchFile `json:"files"`
	Unreported []string    `json:"unreported,omitempty"` // source files without any coverage data, sorted
	Totals     Count       `json:"totals"`
}

// PatchFile is one changed file that the report knows, with its changed lines
// told apart. Each list ascends. A line is in Covered or in Uncovered or in
// NotCoverable; Partial repeats those of Covered with a branch that never ran.
type PatchFile struct {
	Path         string `json:"path"`
	Covered      []int  `json:"covered"`
	Uncovered    []int  `json:"uncovered"`
	Partial      []int  `json:"partial,omitempty"`
	NotCoverable []int  `json:"-"`
}

// Count counts the file's changed lines, those partly covered as File.Count does.
func (f PatchFile) Count(partlyMissed bool) Count {
	c := Count{Covered: len(f.Covered), Coverable: len(f.Covered) + len(f.Uncovered)}
	if partlyMissed {
		c.Covered -= len(f.Partial)
	}
	return c
}

// Patch joins the report with the changed lines of each file, by the path that
// both use. Line numbers are those of the new version, in ascending order.
func (r *Report) Patch(changed iter.Seq2[string, []int]) Patch {
	p := Patch{Files: []PatchFile{}}
	for path, lines := range changed {
		f := r.Lookup(path)
		if f == nil {
			if len(lines) > 0 {
				p.Unreported = append(p.Unreported, path)
			}
			continue
		}
		pf := f.patch(lines)
		p.Totals = p.Totals.plus(pf.Count(false))
		p.Files = append(p.Files, pf)
	}
	sort.Slice(p.Files, func(i, j int) bool { return p.Files[i].Path < p.Files[j].Path })
	slices.Sort(p.Unreported)
	return p
}

// patch sorts changed lines by what the report says of them. The lists are never nil, since JSON has them.
func (f *File) patch(lines []int) PatchFile {
	pf := PatchFile{Path: f.Path, Covered: []int{}, Uncovered: []int{}}
	for _, n := range lines {
		hits, coverable := f.Line(n)
		if !coverable {
			hits, coverable = f.Functions()[n]
		}
		switch {
		case !coverable:
			pf.NotCoverable = append(pf.NotCoverable, n)
		case hits == 0:
			pf.Uncovered = append(pf.Uncovered, n)
		default:
			pf.Covered = append(pf.Covered, n)
			if b := f.BranchesOf(n); b.Covered < b.Total {
				pf.Partial = append(pf.Partial, n)
			}
		}
	}
	return pf
}

// Function records the calls of a function by the line of its declaration,
// where a report counts functions beside lines. Such a line is coverable in a
// patch, because the report reports whether the changed declaration was used;
// it does not count in any total. Repeated records add up.
func (f *File) Function(line int, calls int64) {
	if line < 1 {
		return
	}
	c := f.known()
	if c.functions == nil {
		c.functions = map[int]int64{}
	}
	c.functions[line] = add(c.functions[line], max(calls, 0))
}

// Functions returns the lines that declare functions and how often each was
// called, where they were recorded. The map is the file's own.
func (f *File) Functions() map[int]int64 {
	if f.columns == nil {
		return nil
	}
	return f.columns.functions
}

// joinFunctions adds another file's, leaving maps that are shared alone.
func (c *columns) joinFunctions(o *columns) {
	if len(o.functions) == 0 {
		return
	}
	sum := maps.Clone(o.functions)
	for line, calls := range c.functions {
		sum[line] = add(sum[line], calls)
	}
	c.functions = sum
}
