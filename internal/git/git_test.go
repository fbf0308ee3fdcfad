package git

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func checkout(t *testing.T) *Repo {
	t.Helper()
	dir := t.TempDir()
	r := &Repo{Root: dir}
	for name, text := range map[string]string{"a.go": "a", "dir/ümlaut name.go": "b"} {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, r, "init", "-q", "-b", "trunk")
	run(t, r, "add", "-A")
	run(t, r, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-qm", "one")
	return r
}

func run(t *testing.T, r *Repo, args ...string) string {
	t.Helper()
	out, err := r.Run(context.Background(), args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCheckout(t *testing.T) {
	ctx := context.Background()
	made := checkout(t)
	r, err := Open(ctx, filepath.Join(made.Root, "dir"))
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil || len(head) != 40 {
		t.Fatalf("Resolve = %q, %v", head, err)
	}
	files, err := r.Tree(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.go", "dir/ümlaut name.go"}, files); diff != "" {
		t.Error(diff)
	}
	if got := r.Branch(ctx); got != "trunk" {
		t.Errorf("Branch = %q", got)
	}
	if got := r.Remote(ctx); got != "" {
		t.Errorf("Remote = %q without any", got)
	}
	run(t, r, "remote", "add", "upstream", "git@github.com:acme/api.git")
	if got := r.Remote(ctx); got != "git@github.com:acme/api.git" {
		t.Errorf("Remote = %q", got)
	}
	if parents, err := r.Parents(ctx, head); err != nil || len(parents) != 0 {
		t.Errorf("Parents of the first commit = %v, %v", parents, err)
	}
	if r.Shallow(ctx) {
		t.Error("Shallow")
	}
}

func TestNoRepository(t *testing.T) {
	if _, err := Open(context.Background(), t.TempDir()); !errors.Is(err, ErrNoRepository) {
		t.Errorf("err = %v", err)
	}
	if _, err := checkout(t).Resolve(context.Background(), "--help"); err == nil {
		t.Error("an option was taken for a commit")
	}
}

func TestParseRemote(t *testing.T) {
	tests := map[string]Remote{
		"https://github.com/acme/api.git":                {"github.com", "acme", "api"},
		"https://user:pw@gitlab.example.com/a/b/c.git/":  {"gitlab.example.com", "a/b", "c"},
		"git@github.com:acme/api.git":                    {"github.com", "acme", "api"},
		"ssh://git@ssh.dev.azure.com:22/v3/org/proj/rep": {"ssh.dev.azure.com", "v3/org/proj", "rep"},
		"/srv/git/api.git":                               {},
		`C:\src\api`:                                     {},
		"":                                               {},
	}
	for in, want := range tests {
		got, ok := ParseRemote(in)
		if got != want || ok != (want != Remote{}) {
			t.Errorf("ParseRemote(%q) = %+v, %v", in, got, ok)
		}
	}
}
