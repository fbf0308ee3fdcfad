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
