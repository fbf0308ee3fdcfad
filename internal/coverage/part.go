package coverage

import (
	"cmp"
	"sort"
	"strings"
)

// Part is a report that a merged one was made of, so that a later run can tell
// which of them it lacks although others name the same files.
type Part struct {
	Path   string `json:"path"` // as the user named it
	Format string `json:"format,omitempty"`
	Files  int    `json:"files"`           // of the commit, in it
	Below  string `json:"below,omitempty"` // the folder that all of them lie in, "" for the root; the file, if it is one
}

// Entry is a report in an archive.
type Entry struct {
	Path   string // in the archive
	Format string
	Report *Report
}

// SortParts orders parts by path, and takes nothing out: jobs of a matrix call
// their reports alike.
func SortParts(parts []Part) {
	sort.Slice(parts, func(i, j int) bool {
		a, b := parts[i], parts[j]
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Format, b.Format), strings.Compare(a.Below, b.Below), a.Files-b.Files) < 0
	})
}

// Below returns the folder that all files of a report lie in, "" for the root;
// its file, if it has only one.
func (r *Report) Below() string {
	files := r.Files()
	if len(files) == 1 {
		return files[0].Path
	}
	common := ""
	for i, f := range files {
		dir := f.Path[:strings.LastIndexByte(f.Path, '/')+1]
		if i == 0 {
			common = dir
		}
		for !strings.HasPrefix(dir, common) {
			common = common[:strings.LastIndexByte(strings.TrimSuffix(common, "/"), '/')+1]
		}
	}
	return strings.TrimSuffix(common, "/")
}

// Nameless returns the report without its parts. It shares everything else.
func (r *Report) Nameless() *Report {
	same := *r
	same.Parts = nil
	return &same
}
