package match

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/reference"
)

// TestAliases enters a checkout through links: tools then write paths that lead through them.
func TestAliases(t *testing.T) {
	temp, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	root, sub, other := filepath.Join(temp, "repo"), filepath.Join(temp, "repo", "sub"), filepath.Join(temp, "other")
	for _, dir := range []string{sub, other} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link := func(name, to string) string {
		name = filepath.Join(temp, name)
		if err := os.Symlink(to, name); err != nil {
			reference.Missing(t, "%v", err)
		}
		return name
	}
	whole, part, away := link("whole", root), link("part", sub), link("away", other)
	for dir, want := range map[string][]string{
		root: nil, sub: nil, part: nil, away: nil, whole: {filepath.ToSlash(whole)}, filepath.Join(whole, "sub"): {filepath.ToSlash(whole)},
	} {
		t.Chdir(dir)
		if diff := cmp.Diff(want, aliases(root)); diff != "" {
			t.Errorf("in %s: %s", dir, diff)
		}
	}
}

func TestModulePath(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "module": "", "// m\nmodule e.com/m // x\n": "e.com/m", "module \"e.com/m\"": "e.com/m", "module `e.com/m`\ngo 1.26\n": "e.com/m",
		"go 1.26\n\n\tmodule  e.com/m\n": "e.com/m", "go 1.26\n": "", "modules e.com/m\n": "",
	} {
		if got := modulePath(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestOnlyFilesAreOpened: a folder or a pipe in a file's place is not read.
func TestOnlyFilesAreOpened(t *testing.T) {
	dir := t.TempDir()
	if _, err := openRegular(dir); err == nil {
		t.Error("a folder was opened")
	}
	if _, err := openRegular(filepath.Join(dir, "gone")); !os.IsNotExist(err) {
		t.Errorf("a file that is not there: %v", err)
	}
}
