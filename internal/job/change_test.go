package job

import (
	"slices"
	"testing"

	"github.com/gatewright/gatewright/internal/git/gittest"
)

// TestTestsOf: what the checkout remembers of the commit stays as it was, also where
// nothing is untracked.
func TestTestsOf(t *testing.T) {
	made := gittest.New(t)
	for _, name := range []string{"a.go", "a_test.go", "b.go", "z_test.go"} {
		made.Write(name, "package a\n")
	}
	made.Commit("One")
	repo := made.Open()
	if _, err := repo.Resolve(t.Context(), "HEAD"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		tests, err := TestsOf(t.Context(), repo)
		if want := (Tests{"a_test.go", "z_test.go"}); err != nil || !slices.Equal(tests, want) {
			t.Errorf("%q, want %q: %v", tests, want, err)
		}
	}
	files, err := repo.Tree(t.Context(), "HEAD")
	if want := []string{"a.go", "a_test.go", "b.go", "z_test.go"}; err != nil || !slices.Equal(files, want) {
		t.Errorf("the commit has %q, want %q: %v", files, want, err)
	}
}
