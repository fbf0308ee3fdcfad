package diff

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// repo is a checkout to try things in.
type repo struct {
	*git.Repo
	t *testing.T
}

func newRepo(t *testing.T) repo {
	r := repo{&git.Repo{Root: t.TempDir()}, t}
	r.run("init", "-q", "-b", "main")
	return r
}

func (r repo) run(args ...string) string {
	r.t.Helper()
	args = append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "protocol.file.allow=always"}, args...)
	out, err := r.Run(context.Background(), args...)
	if err != nil {
		r.t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(out)
}

func (r repo) write(name, text string) {
	r.t.Helper()
	p := filepath.Join(r.Root, name)
	if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repo) commit(message string) string {
	r.run("add", "-A")
	r.run("commit", "-qm", message)
	return r.run("rev-parse", "HEAD")
}

const ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

// pull makes main and a branch "topic" that left it, and moves main on.
func pull(t *testing.T) repo {
	r := newRepo(t)
	for _, f := range []string{"edit", "gone", "moved", "dir/ä \"quoted\"\tname"} {
		r.write(f, ten+f)
	}
	r.write("pic", "\x00\x01")
	r.commit("one")
	r.run("checkout", "-qb", "topic")
	r.write("edit", strings.Replace(ten, "5\n", "five\nand more\n", 1)+"edit")
	r.write("dir/ä \"quoted\"\tname", "0\n"+ten)
	r.write("pic", "\x00\x02")
	r.write("new", "a\nb\n")
	r.run("rm", "-q", "gone")
	r.run("mv", "moved", "dir/moved")
	r.commit("two")
	r.run("checkout", "-q", "main")
	r.write("edit", "only on main\n"+ten+"edit")
	r.commit("three")
	return r
}

func TestGit(t *testing.T) {
	r := pull(t)
	r.run("checkout", "-q", "topic")
	c, err := Git(context.Background(), r.Repo, "main", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{Path: "dir/moved", OldPath: "moved", Kind: Renamed},
		{Path: "dir/ä \"quoted\"\tname", Kind: Modified, Lines: []int{1}},
		{Path: "edit", Kind: Modified, Lines: []int{5, 6}},
		{Path: "gone", Kind: Deleted},
		{Path: "new", Kind: Added, Lines: []int{1, 2}},
		{Path: "pic", Kind: Modified, Binary: true},
	}
	if diff := cmp.Diff(want, c.Files); diff != "" {
		t.Error(diff)
	}
	r.write("new", "a\nb\nc\n")
	c, err = Git(context.Background(), r.Repo, "main", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, c.Files[4].Lines); diff != "" {
		t.Errorf("the work tree: %s", diff)
	}
}

func TestGitIgnoresHostileConfiguration(t *testing.T) {
	r := pull(t)
	r.run("checkout", "-q", "topic")
	for _, kv := range [][2]string{
		{"diff.noprefix", "true"},
		{"diff.mnemonicPrefix", "true"},
		{"color.ui", "always"},
		{"diff.external", "false"},
		{"diff.submodule", "log"},
		{"diff.renames", "false"},
		{"core.pager", "false"},
		{"diff.context", "7"},
		{"diff.relative", "true"},
	} {
		r.run("config", kv[0], kv[1])
	}
	c, err := Git(context.Background(), r.Repo, "main", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Files) != 6 || c.Files[2].Path != "edit" || len(c.Files[2].Lines) != 2 {
		t.Errorf("%+v", c.Files)
	}
}

func TestGitSubmodule(t *testing.T) {
	lib := newRepo(t)
	lib.write("x", "x")
	lib.commit("lib")
	r := newRepo(t)
	r.write("a", "a")
	r.commit("one")
	r.run("checkout", "-qb", "topic")
	r.run("submodule", "--quiet", "add", lib.Root, "lib")
	r.commit("two")
	r.run("config", "diff.submodule", "log")
	c, err := Git(context.Background(), r.Repo, "main", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Files) != 2 || c.Files[1].Path != "lib" || !c.Files[1].Submodule {
		t.Errorf("%+v", c.Files)
	}
	var lines []string
	for path := range c.Lines() {
		lines = append(lines, path)
	}
	if diff := cmp.Diff([]string{".gitmodules"}, lines); diff != "" {
		t.Error(diff)
	}
}

// clone copies a repository without its history, as CIs do.
func clone(t *testing.T, from repo, args ...string) repo {
	r := repo{&git.Repo{Root: filepath.Join(t.TempDir(), "clone")}, t}
	from.run(append([]string{"clone", "-q"}, append(args, "file://"+from.Root, r.Root)...)...)
	return r
}

func TestGitShallow(t *testing.T) {
	origin := pull(t)
	ctx := context.Background()
	shallow := clone(t, origin, "--depth=1", "--branch=topic")
	_, err := Git(ctx, shallow.Repo, "refs/remotes/origin/main", "HEAD")
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "the checkout is shallow") || !strings.Contains(fault.Hint(err), "fetch-depth: 0") {
		t.Errorf("err = %v, hint %q", err, fault.Hint(err))
	}
	_, err = Base(ctx, shallow.Repo, "main")
	if !strings.Contains(fault.Hint(err), "fetch-depth: 0") {
		t.Errorf("Base: %v, hint %q", err, fault.Hint(err))
	}

	// A CI's checkout of a pull request: the merge commit and its parents.
	origin.run("checkout", "-q", "-B", "merged", "main")
	if _, err := origin.Run(ctx, "-c", "user.name=a", "-c", "user.email=a@example.com", "merge", "-q", "--no-edit", "topic"); err != nil {
		t.Fatal(err)
	}
	merged := clone(t, origin, "--depth=2", "--branch=merged")
	merged.run("update-ref", "-d", "refs/remotes/origin/main")
	c, err := Git(ctx, merged.Repo, "refs/remotes/origin/main", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{6, 7}, c.Files[2].Lines); diff != "" || len(c.Files) != 6 {
		t.Errorf("line numbers are those of the merge that was tested: %s", diff)
	}
}

func TestGitUnrelatedAndUnknown(t *testing.T) {
	r := pull(t)
	r.run("checkout", "-q", "--orphan", "other")
	r.commit("root")
	_, err := Git(context.Background(), r.Repo, "main", "HEAD")
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "no common history") {
		t.Errorf("err = %v", err)
	}
	_, err = Git(context.Background(), r.Repo, "--output=/tmp/evil", "HEAD")
	if fault.Of(err) != fault.Input {
		t.Errorf("err = %v", err)
	}
	rev, err := Base(context.Background(), r.Repo, "", "nope", "main")
	if err != nil || rev != "main" {
		t.Errorf("Base = %q, %v", rev, err)
	}
}
