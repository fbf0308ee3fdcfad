package cli

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommandPages holds docs/commands to what the program says of itself.
func TestCommandPages(t *testing.T) {
	made := t.TempDir()
	env := Env{Args: []string{"self", "man", "--markdown", made}, Stdout: os.Stderr, Stderr: os.Stderr, Getenv: func(string) string { return "" }}
	if code := Main(env); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	want, got := pagesIn(t, made), pagesIn(t, filepath.Join("..", "..", "docs", "commands"))
	if diff := cmp.Diff(want, got); diff != "" || len(want) < 30 {
		t.Errorf("run go run ./cmd/gatewright self man --markdown docs/commands\n%s", diff)
	}
}

// pagesIn returns the texts in a folder by the names of the files.
func pagesIn(t *testing.T, dir string) map[string]string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		texts[e.Name()] = string(text)
	}
	return texts
}
