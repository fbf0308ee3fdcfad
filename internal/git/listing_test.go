package git_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/reference"
)

func TestListingAndTexts(t *testing.T) {
	made := gittest.New(t)
	made.Write("src/a.txt", "one\ntwo\n")
	made.Write("dir with space/ü.txt", "")
	made.Write(".gitignore", "gen/\n")
	if err := os.Symlink("src", filepath.Join(made.Root, "linked")); err != nil {
		reference.Missing(t, "no symbolic links here")
	}
	commit := made.Commit("first")
	repo := made.Open()
	list, err := repo.List(t.Context(), commit)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{".gitignore", "dir with space/ü.txt", "linked", "src/a.txt"}, list.Files); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"linked"}, list.Links); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if id := list.ID("src"); id != "" {
		t.Errorf("a folder has the id %s", id)
	}
	none := "0123456789012345678901234567890123456789"
	got := map[int]string{}
	err = repo.Texts(t.Context(), []string{list.ID("src/a.txt"), none, list.ID("linked"), list.ID("dir with space/ü.txt"), commit}, func(i int, text io.Reader) error {
		one := make([]byte, 3) // what is not read is passed over
		n, _ := io.ReadFull(text, one)
		got[i] = string(one[:n])
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[int]string{0: "one", 2: "src", 3: ""}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	ignored, err := repo.Ignored(t.Context(), []string{"gen/x.go", "src/a.txt"})
	if err != nil || !ignored["gen/x.go"] || len(ignored) != 1 {
		t.Errorf("%v, %v", ignored, err)
	}
	if ignored, err = repo.Ignored(t.Context(), []string{"src/a.txt"}); err != nil || len(ignored) > 0 {
		t.Errorf("%v, %v", ignored, err)
	}
}
