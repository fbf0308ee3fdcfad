package input

import (
	"errors"
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// broken is a tree in which some folders cannot be read.
type broken struct {
	fstest.MapFS

	errs map[string]error
}

func (b broken) ReadDir(name string) ([]fs.DirEntry, error) {
	if err := b.errs[name]; err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return b.MapFS.ReadDir(name)
}

// TestGlobUnread: one folder that cannot be read, or is gone meanwhile, does not end
// the search of the others, and is said.
func TestGlobUnread(t *testing.T) {
	t.Parallel()
	file := &fstest.MapFile{}
	tree := broken{
		fstest.MapFS{"a/x.sarif": file, "denied/x.sarif": file, "gone/x.sarif": file, "z/x.sarif": file, "z/deep/y.sarif": file},
		map[string]error{"denied": fs.ErrPermission, "gone": fs.ErrNotExist, "z/deep": errors.New("input/output error")},
	}
	denied := Left{"denied", "cannot be searched: permission denied"}
	for glob, want := range map[string]Globbed{
		"*/*.sarif":        {Files: []string{"a/x.sarif", "z/x.sarif"}, Left: []Left{denied}},
		"**/*.sarif":       {Files: []string{"a/x.sarif", "z/x.sarif"}, Left: []Left{denied, {"z/deep", "cannot be searched: input/output error"}}},
		"{a,z}/**/*.sarif": {Files: []string{"a/x.sarif", "z/x.sarif"}, Left: []Left{{"z/deep", "cannot be searched: input/output error"}}},
		"{a/**,z}/*.sarif": {Files: []string{"a/x.sarif", "z/x.sarif"}, Left: []Left{denied, {"z/deep", "cannot be searched: input/output error"}}},
		"z/**":             {Files: []string{"z/x.sarif"}, Left: []Left{{"z/deep", "cannot be searched: input/output error"}}},
		"*/x.sarif/**":     {Files: []string{"a/x.sarif", "z/x.sarif"}, Left: []Left{denied}},
		"nowhere/*":        {},
	} {
		g := &globbing{FS: tree}
		if err := g.find(glob); err != nil {
			t.Errorf("%s: %v", glob, err)
		}
		if diff := cmp.Diff(want, g.Globbed); diff != "" {
			t.Errorf("%s (-want +got):\n%s", glob, diff)
		}
	}
}
