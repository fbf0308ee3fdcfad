package git_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/git/gittest"
)

func TestHistory(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "a")
	made.Write("dir/ü b.go", "b")
	made.Commit("one")
	made.Write("dir/ü b.go", "c")
	last := made.Commit("two")
	made.Write("a.go", "later")
	made.Commit("three")
	h, err := made.Open().History(context.Background(), last)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int{"a.go": 1, "dir/ü b.go": 2}, h.Touched); diff != "" || h.Commits != 2 || h.Date.IsZero() {
		t.Errorf("%d commits of %s\n%s", h.Commits, h.Date, diff)
	}
	if _, err := made.Open().History(context.Background(), "nosuch"); err == nil {
		t.Error("a commit that is not there has a history")
	}
}

// TestDateOfAnOddCommit: importers left commits without a space before the date, or with one after the zone.
func TestDateOfAnOddCommit(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "a")
	head := made.Commit("one")
	for _, date := range []string{" 1700000000 +0000", "1700000000 +0000", " 1700000000 +0000 x", "  01700000000 +051800"} {
		made.Write("commit", "tree "+made.Git("rev-parse", head+"^{tree}")+"\nauthor A > B <a@x>"+date+"\ncommitter A > B <a@x>"+date+"\n\nodd\n")
		odd := made.Git("hash-object", "-t", "commit", "-w", "--literally", "commit")
		if h, err := made.Open().History(t.Context(), odd); err != nil || h.Date.Unix() != 1700000000 {
			t.Errorf("%q: %s, %v", date, h.Date, err)
		}
	}
}
