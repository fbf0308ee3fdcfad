package match_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/reference"
)

// TestIndex has a checkout with everything that a path may lead to and that is
// no file of the commit.
func TestIndex(t *testing.T) {
	made := gittest.New(t)
	made.Write("src/a.c", strings.Repeat("x\n", 10))
	made.Write("src/sparse.c", strings.Repeat("x\n", 10))
	made.Write("go.mod", "module example.com/root\n")
	made.Write("notes.txt", "module example.com/notes\n")
	made.Write("src/cut.c", strings.Repeat("x\n", 10))
	made.Write("src/even.c", "x\n")
	made.Write("svc/go.mod", "// a module\nmodule \"example.com/m\" // x\n")
	made.Write("svc/db/db.go", "package db\n\nfunc f() {}\n")
	made.Write(".gitignore", "gen/\n")
	if err := os.Symlink("../src", filepath.Join(made.Root, "svc", "linked")); err != nil {
		reference.Missing(t, "%v", err)
	}
	if err := os.MkdirAll(filepath.Join(made.Root, "lib", "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	made.Git("update-index", "--add", "--cacheinfo", "160000,1111111111111111111111111111111111111111,lib/sub")
	commit := made.Commit("first")
	made.Write("gen/g.c", "x\n")
	made.Write("made/m.c", "x\n")
	// Since the commit:
	made.Write("src/a.c", "longer\n"+strings.Repeat("x\n", 30))
	made.Write("src/cut.c", "x\n")
	made.Write("src/even.c", strings.Repeat("x\n", 19))
	if err := os.Remove(filepath.Join(made.Root, "src", "sparse.c")); err != nil {
		t.Fatal(err)
	}
	if _, err := match.Open(t.Context(), made.Open(), "gone", nil); err == nil {
		t.Error("a commit that is not there was opened")
	}
	index, err := match.Open(t.Context(), made.Open(), commit, []string{"named.c"})
	if err != nil {
		t.Fatal(err)
	}
	r := coverage.New()
	root := filepath.ToSlash(made.Root)
	for path, last := range map[string]int{
		root + "/src/a.c": 20, "/app/src/sparse.c": 20, root + "/gen/g.c": 1, root + "/made/m.c": 1, root + "/lib/sub/s.c": 1, root + "/never.c": 1,
		"example.com/m/db/db.go": 3, "example.com/m/db/gone.go": 3, root + "/svc/linked/a.c": 5, root + "/named.c": 3,
		root + "/src/cut.c": 10, root + "/src/even.c": 20, "example.com/root/src/gone.go": 1, "example.com/notes/a.go": 1,
	} {
		r.File(path).Hit(last, 1)
	}
	r.Settle()
	_, found := index.Report(r, match.Options{Imports: true})
	got := map[string]string{}
	for _, m := range found {
		got[strings.TrimPrefix(m.Report, root+"/")] = m.Path + " " + m.Reason()
		if m.Past() > 0 {
			t.Errorf("%s lost %d lines", m.Report, m.Past())
		}
	}
	for path, want := range map[string]string{
		"src/a.c":                  "src/a.c ", // as long as it is on the disk
		"svc/linked/a.c":           "src/a.c ",
		"gen/g.c":                  ".gitignore leaves it out",
		"made/m.c":                 "here and not committed",
		"lib/sub/s.c":              "the commit has a submodule at lib/sub",
		"never.c":                  " not in the commit: in the checkout it is never.c",
		"example.com/m/db/db.go":   "svc/db/db.go ",
		"example.com/m/db/gone.go": "module example.com/m has it at svc/db/gone.go",

		"example.com/root/src/gone.go": "module example.com/root has it at src/gone.go",
		"example.com/notes/a.go":       "the import path of a module that the commit does not have",
		"src/cut.c":                    "src/cut.c ", // as long as the commit has it
		"src/even.c":                   "src/even.c ",
		"named.c":                      "named.c ",
		"/app/src/sparse.c":            " not in the commit: other files of the report",
	} {
		if !strings.Contains(got[path], want) {
			t.Errorf("%s: %s, want %s", path, got[path], want)
		}
	}
	r = coverage.New()
	r.File("/app/src/sparse.c").Hit(20, 1)
	r.Settle()
	if _, found = index.Report(r, match.Options{}); found[0].How != match.Doubtful || !strings.HasSuffix(found[0].Note, "which has 10 lines") {
		t.Errorf("%+v: of a file that is not checked out, the commit's lines count", found[0])
	}
	if got := index.Location(filepath.Join(made.Root, "svc", "linked", "lcov.info")); got != "svc/linked/lcov.info" {
		t.Errorf("location %q", got)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(made.Root, link); err != nil {
		reference.Missing(t, "%v", err)
	}
	if got := index.Location(filepath.Join(link, "src", "a.c")); got != "src/a.c" {
		t.Errorf("through a link, location %q", got)
	}
	if index.Location(t.TempDir()) != "" {
		t.Error("a file elsewhere has a location")
	}
}

// TestObjectsElsewhere has a clone that lacks files of the commit: what is checked out of them counts. More files are asked
// for at once than are read at a time.
func TestObjectsElsewhere(t *testing.T) {
	made := gittest.New(t)
	made.Write("svc/go.mod", "module example.com/m\n")
	made.Write("svc/x.go", "package x\n\n\n")
	root := filepath.ToSlash(made.Root)
	r := coverage.New()
	r.File("example.com/m/x.go").Hit(3, 1)
	for i := range 200 {
		made.Write(fmt.Sprintf("many/%d.c", i), "x\nx\nx\n")
		r.File(fmt.Sprintf("%s/many/%d.c", root, i)).Hit(3, 1)
	}
	r.Settle()
	commit := made.Commit("first")
	id := strings.TrimSpace(made.Git("rev-parse", commit+":svc/go.mod"))
	if err := os.Remove(filepath.Join(made.Root, ".git", "objects", id[:2], id[2:])); err != nil {
		t.Fatal(err)
	}
	index, err := match.Open(t.Context(), made.Open(), commit, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, found := index.Report(r, match.Options{Imports: true})
	for _, m := range found {
		if m.Path == "" || m.Past() > 0 {
			t.Errorf("%s is %s: %s, and lost %d lines", m.Report, m.Path, m.Reason(), m.Past())
		}
	}
}

func TestNoIndex(t *testing.T) {
	var none *match.Index
	r := coverage.New()
	r.File("./a.c").Hit(1, 1)
	if _, found := none.Report(r, match.Options{}); found[0].Path != "a.c" || found[0].How != match.AsIs {
		t.Errorf("%+v", found)
	}
	if none.Location("a.c") != "" {
		t.Error("no index has no place")
	}
}

// TestManyFilesBeside: a diff names files that the commit lacks. Each costs the same,
// however many there are: twenty thousand took ten seconds.
func TestManyFilesBeside(t *testing.T) {
	r := gittest.New(t)
	r.Write("a", "1\n")
	r.Commit("one")
	repo := r.Open()
	took := func(n int) uint64 {
		var also []string
		for i := range n {
			also = append(also, fmt.Sprint("f", i))
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := match.Open(t.Context(), repo, "HEAD", also); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	if few, many := took(2000), took(16000); many > 16*few {
		t.Errorf("2,000 files take %d bytes, 16,000 take %d", few, many)
	}
}
