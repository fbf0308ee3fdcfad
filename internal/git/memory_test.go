package git_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gatewright/gatewright/internal/git/gittest"
)

// TestAsk: a name that nothing stands for, that no line can hold or at which git ends
// takes no answer from the others, and what was answered is not asked again.
func TestAsk(t *testing.T) {
	ctx := t.Context()
	made := gittest.New(t)
	made.Write("a.go", "1\n")
	first := made.Commit("a")
	made.Write("a.go", "2\n")
	head := made.Commit("b")
	broken := made.Git("commit-tree", head+"^{tree}", "-m", "broken")
	object := filepath.Join(made.Root, ".git", "objects", broken[:2], broken[2:])
	if err := os.Remove(object); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(object, []byte("no object"), 0o600); err != nil {
		t.Fatal(err)
	}
	made.Git("tag", "main") // for which git calls the branch heads/main
	repo := made.Open()
	repo.Ask(ctx, "nowhere", "a\nHEAD~1", "", broken, "HEAD~1")
	for rev, want := range map[string]string{"HEAD": head, "HEAD~1": first, head: head, "nowhere": "", "a\nHEAD~1": "", "": "", broken: ""} {
		if id, err := repo.Resolve(ctx, rev); id != want || (err == nil) != (want != "") {
			t.Errorf("%q: %s, %v; want %s", rev, id, err, want)
		}
	}
	if err := os.RemoveAll(filepath.Join(made.Root, ".git", "objects")); err != nil {
		t.Fatal(err)
	}
	if parents, err := repo.Parents(ctx, "HEAD"); err != nil || !slices.Equal(parents, []string{first}) {
		t.Errorf("parents %v, %v", parents, err)
	}
	if branch := repo.Branch(ctx); branch != "main" {
		t.Errorf("on %q", branch)
	}
}

// TestBranchThatStandsForAnother is that other one, as git itself says.
func TestBranchThatStandsForAnother(t *testing.T) {
	made := gittest.New(t)
	made.Commit("a")
	made.Git("symbolic-ref", "refs/heads/master", "refs/heads/main")
	made.Git("symbolic-ref", "HEAD", "refs/heads/master")
	if branch := made.Open().Branch(t.Context()); branch != "main" {
		t.Errorf("on %q", branch)
	}
}
