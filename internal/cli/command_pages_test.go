package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCommandPages holds docs/commands to what the program says of itself.
func TestCommandPages(t *testing.T) {
	t.Parallel()
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

// TestRepoIsRepository: whichever of the two words a command has, it takes both.
func TestRepoIsRepository(t *testing.T) {
	has := regexp.MustCompile("(?m)^\\| `--repo(sitory)?[ `]")
	n := 0
	for name, page := range pagesIn(t, filepath.Join("..", "..", "docs", "commands")) {
		heading, _, _ := strings.Cut(page, "\n")
		command := strings.Fields(strings.TrimPrefix(heading, "# gatewright"))
		if !has.MatchString(page) {
			continue
		}
		n++
		for _, flag := range []string{"--repo", "--repository"} {
			_, _, talk := place{}.call("", append(command, flag, "acme/api", "--nonsense")...)
			if !strings.Contains(talk, "unknown flag --nonsense") {
				t.Errorf("%s: %s %s", name, flag, talk)
			}
		}
	}
	if n < 15 {
		t.Errorf("%d commands", n)
	}
}
