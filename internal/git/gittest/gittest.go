// Package gittest makes repositories for tests, with the git command as a user
// has it.
package gittest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/git"
)

// Repo is a repository to try things in.
type Repo struct {
	Root string
	t    testing.TB
}

// New returns an empty repository whose branch is main.
func New(t testing.TB) Repo {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := Init(dir); err != nil {
		t.Fatal(err)
	}
	return Repo{dir, t}
}

// Try runs git in the repository, and returns what it wrote on both streams.
func (r Repo) Try(args ...string) (string, error) {
	args = append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always", "-c", "advice.detachedHead=false", "-c", "maintenance.auto=false"}, args...)
	cmd := exec.Command("git", args...)
	cmd.Dir = r.Root
	cmd.Env = environment(cmd)
	out, err := cmd.CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

// Git runs git in the repository, and returns what it wrote.
func (r Repo) Git(args ...string) string {
	r.t.Helper()
	out, err := r.Try(args...)
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return out
}

// Write writes a file of the work tree.
func (r Repo) Write(name, text string) {
	r.t.Helper()
	p := filepath.Join(r.Root, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// Commit commits everything, and returns the commit's id.
func (r Repo) Commit(message string) string {
	r.t.Helper()
	r.Git("add", "-A")
	r.Git("commit", "-qm", message, "--allow-empty")
	return r.head()
}

// Merge merges other into ours with a merge commit, leaves that checked out
// with a detached head, and returns its id. Its first parent is ours.
func (r Repo) Merge(ours, other string) string {
	r.t.Helper()
	r.Git("checkout", "-q", "--detach", ours)
	r.Git("merge", "-q", "--no-ff", "-m", "Merge", other)
	return r.head()
}

func (r Repo) head() string {
	r.t.Helper()
	if id := Head(r.Root); git.IsID(id) {
		return id
	}
	return r.Git("rev-parse", "HEAD")
}

// Detach makes a commit the one that is checked out, by HEAD alone: index and work
// tree stay as they are.
func (r Repo) Detach(id string) {
	r.t.Helper()
	r.Write(".git/HEAD", id+"\n")
}

// Clone copies the repository as a CI does, with the arguments of git clone.
func (r Repo) Clone(args ...string) Repo {
	r.t.Helper()
	c := Repo{filepath.Join(r.t.TempDir(), "clone"), r.t}
	r.Git(append(append([]string{"clone", "-q"}, args...), "file://"+r.Root, c.Root)...)
	return c
}

// Open opens the repository for reading.
func (r Repo) Open() *git.Repo {
	r.t.Helper()
	repo, err := git.Open(context.Background(), r.Root)
	if err != nil {
		r.t.Fatal(err)
	}
	return repo
}
