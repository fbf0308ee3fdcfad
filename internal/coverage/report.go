// Package coverage is the model every report is read into: files, their
// coverable lines with hits, and the branches and statements of a file where a
// format has them. Format packages fill it, the matcher renames its files to
// the paths of the commit's tree, and everything downstream only reads it.
package coverage

import (
	"cmp"
	"hash/maphash"
	"math"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/scan"
)

// Report is the coverage of a set of files. It is not safe for concurrent use
// while it is being filled; parse several reports side by side and Merge them
// after. Once settled it may be read by many at a time.
type Report struct {
	// Sources are the roots that the report says its paths are relative to
	// (Cobertura's <source>), as written there.
	Sources []string
	// Title is what the report calls itself, such as the module that it is of;
	// "" if it does not.
	Title string
	// Commits are the ids of the commits that the report, or what was merged into it,
	// says it is of, as written there.
	Commits []string
	// Lacks says what the tool counted and the report does not name, so that nothing
	// can be judged by it; "" if it names all.
	Lacks string
	// Instructions are the instructions of bytecode that ran, as JaCoCo's own
	// counter has them; zero for other formats. Merging adds them up.
	Instructions Count
	// Parts are the reports that it was merged from, sorted; nil if that is not
	// known, as of a report that a tool wrote.
	Parts []Part
	// Entries are the reports of the archive that it is, which begin where each lies;
	// nil for any other. Only a parser has them.
	Entries []Entry

	files index
	notes
	largest bool
	open    *File   // the file that is being filled, and has the spare columns for that
	unnamed File    // what nameless returns
	spare   columns // as large as the files seen so far: filling a file allocates nothing
	store   store
}

// notes are what a parser has to say beside the coverage, see Remarks.
type notes struct {
	stated              []Stated
	remarks             []Remark
	apart               map[string]int // reasons for differences, and how many records each explains
	reasons             []string       // in the order in which they came
	total               int            // of stated totals that were compared
	differing, unlisted int            // files whose own totals differ; those of them that are not named
}

// New returns an empty report. Repeated records of a line add up.
func New() *Report { return &Report{files: newIndex()} }

// NewLargest returns an empty report in which repeated records of a line keep the
// largest count, for formats in which they are parts of one count, and for
// those that only know whether a line ran. Merging such reports still adds.
func NewLargest() *Report { return &Report{files: newIndex(), largest: true} }

// File returns the file of that path, adding it if the report has none. Report
// writers should finish with one file before they ask for the next: that is
// when a file's memory is trimmed to what it holds.
func (r *Report) File(path string) *File {
	if r.open != nil && r.open.Path == path {
		return r.open
	}
	return begin(r, maphash.String(r.files.seed, path), path)
}

// FileBytes is File for a path in a buffer that will be used again.
func (r *Report) FileBytes(path []byte) *File {
	if r.open != nil && r.open.Path == string(path) {
		return r.open
	}
	return begin(r, maphash.Bytes(r.files.seed, path), path)
}

// begin finds or adds the file of a path with that hash, and lends it the spare
// columns if it has none.
func begin[P string | []byte](r *Report, hash uint64, path P) *File {
	f := find(&r.files, hash, path)
	if f == nil {
		f = r.files.add(hash, scan.Keep(&r.files.names, path))
		f.largest = r.largest
	}
	if f.columns == nil {
		r.close()
		f.columns = &r.spare
		r.open = f
	}
	return f
}

// nameless returns a file to fill whose path comes after its records. name puts
// it into the report.
func (r *Report) nameless() *File {
	r.close()
	r.unnamed = File{columns: &r.spare, largest: r.largest}
	return &r.unnamed
}

// name returns the file of that path, like File. If f is the one that nameless
// returned, its records become that file's. An empty path names nothing: f is
// returned as it is.
func (r *Report) name(f *File, path string) *File {
	if path == "" {
		return f
	}
	if f != &r.unnamed || f.columns != &r.spare {
		return r.File(path)
	}
	hash := maphash.String(r.files.seed, path)
	named := find(&r.files, hash, path)
	if named == nil || named.columns == nil {
		f.columns = nil // the spare columns go over to the file with all that is in them
		return r.File(path)
	}
	named.known().join(&r.spare, again(r.largest), true)
	r.spare.clear()
	f.columns = nil
	return named
}

// close takes the spare columns back from the open file and leaves it a copy
// of just the size it needs. Everything that looks at files calls it first: the
// open one is not in order, and its columns will be another file's.
func (r *Report) close() {
	f := r.open
	if f == nil {
		if r.unnamed.columns == &r.spare { // a file that was never named
			r.unnamed.columns = nil
			r.spare.clear()
		}
		return
	}
	r.open = nil
	if r.spare.empty() {
		f.columns = nil
		return
	}
	f.Settle()
	f.columns = r.store.exact(&r.spare)
	r.spare.clear()
}

// Settle puts every file in order and frees spare memory. formats.Parse
// has done so for the reports it returns.
func (r *Report) Settle() {
	r.close()
	r.spare, r.store = columns{}, store{}
	for f := range r.files.all() {
		if f.columns != nil {
			f.Settle()
			f.columns.trim()
		}
	}
}

// Files returns the files sorted by path. The slice is the caller's, the files
// are the report's.
func (r *Report) Files() []*File {
	r.close()
	out := slices.AppendSeq(make([]*File, 0, r.files.n), r.files.all())
	slices.SortFunc(out, func(a, b *File) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// Lookup returns the file of that path, nil if the report has none.
func (r *Report) Lookup(path string) *File {
	r.close()
	return find(&r.files, maphash.String(r.files.seed, path), path)
}

// Len is the number of files.
func (r *Report) Len() int { return r.files.n }

// Merge adds another report's hits to this one. The other stays unchanged.
func (r *Report) Merge(o *Report) {
	r.close()
	o.close()
	r.Instructions = r.Instructions.plus(o.Instructions)
	r.Sources, r.Commits, r.Lacks = union(r.Sources, o.Sources), union(r.Commits, o.Commits), cmp.Or(r.Lacks, o.Lacks)
	for of := range o.files.all() {
		of.Settle()
		hash := maphash.String(r.files.seed, of.Path)
		f := find(&r.files, hash, of.Path)
		if f == nil {
			f = r.files.add(hash, of.Path)
		}
		f.merge(of)
	}
}

// WithoutFiles returns a report that says what r says, but of no file.
func (r *Report) WithoutFiles() *Report {
	out := New()
	out.Sources, out.Commits, out.Lacks, out.Title, out.Parts, out.Instructions = r.Sources, r.Commits, r.Lacks, r.Title, r.Parts, r.Instructions
	return out
}

// union adds to a list what it lacks.
func union(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Adopt adds a settled file under another path, and returns the file of that
// path. Columns are shared with the report it came from; merging into them makes
// new ones, so that neither report sees what becomes of the other.
func (r *Report) Adopt(f *File, path string) *File {
	f.Settle()
	hash := maphash.String(r.files.seed, path)
	if old := find(&r.files, hash, path); old != nil {
		old.merge(f)
		return old
	}
	moved := r.files.add(hash, path)
	moved.largest, moved.guessed = f.largest, f.guessed
	if f.columns != nil {
		moved.columns = f.columns.capped()
	}
	return moved
}

// Totals counts the whole report.
func (r *Report) Totals() Totals {
	r.close()
	var t Totals
	for f := range r.files.all() {
		t = t.Plus(f.Totals())
	}
	return t
}

// Totals are the sums of a file or a report.
type Totals struct {
	Files    int      `json:"files"`
	Lines    Count    `json:"lines"`
	Branches Branches `json:"branches"`

	// Statements are known where the format counts them beside lines, as Go
	// profiles do; zero elsewhere. They are no part of the canonical form.
	Statements Count `json:"-"`
}

// Plus is the sum of two totals.
func (t Totals) Plus(u Totals) Totals {
	return Totals{
		Files:      t.Files + u.Files,
		Lines:      t.Lines.plus(u.Lines),
		Branches:   Branches{t.Branches.Covered + u.Branches.Covered, t.Branches.Total + u.Branches.Total},
		Statements: t.Statements.plus(u.Statements),
	}
}

// Count is covered lines of coverable lines.
type Count struct {
	Covered   int `json:"covered"`
	Coverable int `json:"coverable"`
}

func (c Count) plus(d Count) Count {
	return Count{c.Covered + d.Covered, c.Coverable + d.Coverable}
}

// Percent is the covered share in percent; ok is false where nothing is
// coverable, for which no number would be true.
func (c Count) Percent() (percent float64, ok bool) {
	if c.Coverable == 0 {
		return 0, false
	}
	return 100 * float64(c.Covered) / float64(c.Coverable), true
}

// add is a sum that saturates at the largest int64. Neither may be negative.
func add(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
