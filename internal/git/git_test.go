package git_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/reference"
)

func TestCheckout(t *testing.T) {
	ctx := context.Background()
	made := gittest.New(t)
	made.Write("a.go", "a")
	made.Write("dir/ümlaut name.go", "b")
	first := made.Commit("one")
	r, err := git.Open(ctx, filepath.Join(made.Root, "dir"))
	if err != nil {
		t.Fatal(err)
	}
	head, err := r.Resolve(ctx, "HEAD")
	if err != nil || head != first {
		t.Fatalf("Resolve = %q, %v", head, err)
	}
	files, err := r.Tree(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a.go", "dir/ümlaut name.go"}, files); diff != "" {
		t.Error(diff)
	}
	if got := r.Branch(ctx); got != "main" {
		t.Errorf("Branch = %q", got)
	}
	if got, ok := r.Remote(); ok {
		t.Errorf("Remote = %q without any", got)
	}
	made.Git("remote", "add", "upstream", "git@github.com:acme/api.git")
	if got, ok := made.Open().Remote(); !ok || got.Owner != "acme" || got.Host != "github.com" {
		t.Errorf("Remote = %+v, %v", got, ok)
	}
	made.Git("remote", "add", "other", "git@github.com:acme/other.git")
	if got, ok := made.Open().Remote(); ok {
		t.Errorf("Remote = %+v, though there are two", got)
	}
	if parents, err := r.Parents(ctx, head); err != nil || len(parents) != 0 {
		t.Errorf("Parents of the first commit = %v, %v", parents, err)
	}
	if r.Shallow() || r.Partial() {
		t.Error("Shallow or Partial")
	}
	made.Write("new.go", "c")
	made.Write(".gitignore", "*.log\n")
	made.Write("x.log", "d")
	untracked, err := r.Untracked(ctx)
	if diff := cmp.Diff([]string{".gitignore", "new.go"}, untracked); err != nil || diff != "" {
		t.Error(err, diff)
	}
}

func TestNoRepository(t *testing.T) {
	ctx := context.Background()
	if _, err := git.Open(ctx, t.TempDir()); !errors.Is(err, git.ErrNoRepository) {
		t.Errorf("err = %v", err)
	}
	if _, err := gittest.New(t).Open().Resolve(ctx, "--help"); err == nil {
		t.Error("an option was taken for a commit")
	}
	made := gittest.New(t)
	made.Write("a", "a")
	made.Commit("one")
	// The cause is told: a checkout that cannot be read is another thing than none.
	made.Write(".git/config", "[core\n")
	_, err := git.Open(ctx, made.Root)
	if !errors.Is(err, git.ErrNoRepository) || !strings.Contains(err.Error(), "bad config") {
		t.Errorf("err = %v", err)
	}
	made.Write(".git/config", "")
	t.Setenv("PATH", t.TempDir())
	_, err = git.Open(ctx, made.Root)
	if !errors.Is(err, git.ErrNoRepository) || !strings.Contains(err.Error(), "there is no git command") {
		t.Errorf("err = %v", err)
	}
}

// TestParentsOfAShallowCheckout: the commit names them though they are not there.
func TestParentsOfAShallowCheckout(t *testing.T) {
	ctx := context.Background()
	made := gittest.New(t)
	made.Write("a", "a")
	first := made.Commit("one")
	made.Write("a", "b")
	made.Commit("two\n\nparent 1111")
	r := made.Clone("--depth=1").Open()
	parents, err := r.Parents(ctx, "HEAD")
	if diff := cmp.Diff([]string{first}, parents); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if !r.Shallow() {
		t.Error("not Shallow")
	}
	if _, err := r.Resolve(ctx, first); err == nil {
		t.Error("the parent is there")
	}
}

func TestMergeBase(t *testing.T) {
	ctx := context.Background()
	made := gittest.New(t)
	made.Write("a", "a")
	first := made.Commit("one")
	made.Git("checkout", "-qb", "topic")
	made.Write("b", "b")
	topic := made.Commit("two")
	made.Git("checkout", "-q", "--orphan", "other")
	other := made.Commit("root")
	r := made.Open()
	if got, err := r.MergeBase(ctx, first, topic); got != first || err != nil {
		t.Errorf("MergeBase = %q, %v", got, err)
	}
	if got, err := r.MergeBase(ctx, other, topic); got != "" || err != nil {
		t.Errorf("MergeBase of unrelated commits = %q, %v", got, err)
	}
	if _, err := r.MergeBase(ctx, strings.Repeat("1", 40), topic); err == nil {
		t.Error("a commit that is not there has a merge base")
	}
}

// TestEveryLayout: submodules, linked work trees and SHA-256 repositories.
func TestEveryLayout(t *testing.T) {
	ctx := context.Background()
	lib := gittest.New(t)
	lib.Write("x", "x")
	want := lib.Commit("lib")
	made := gittest.New(t)
	made.Write("a", "a")
	made.Commit("one")
	made.Git("submodule", "--quiet", "add", lib.Root, "lib")
	made.Commit("two")
	tree := filepath.Join(t.TempDir(), "tree")
	made.Git("worktree", "add", "-q", "-b", "topic", tree)
	for dir, head := range map[string]string{filepath.Join(made.Root, "lib"): want, tree: made.Git("rev-parse", "topic")} {
		r, err := git.Open(ctx, dir)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := r.Resolve(ctx, "HEAD"); got != head || err != nil {
			t.Errorf("HEAD of %s = %q, %v; want %s", dir, got, err, head)
		}
	}
	sha256 := made.Clone()
	if err := os.RemoveAll(filepath.Join(sha256.Root, ".git")); err != nil {
		t.Fatal(err)
	}
	sha256.Git("init", "-q", "--object-format=sha256")
	if head := sha256.Commit("one"); len(head) != 64 {
		reference.Missing(t, "this git has no SHA-256: %s", head)
	}
	if got, err := sha256.Open().Resolve(ctx, "HEAD"); len(got) != 64 || err != nil {
		t.Errorf("HEAD = %q, %v", got, err)
	}
}

// TestAnothersCheckout is read as one's own: its configuration is not.
func TestAnothersCheckout(t *testing.T) {
	made := gittest.New(t)
	made.Write("a", "a")
	want := made.Commit("one")
	if err := filepath.WalkDir(made.Root, func(name string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, 4321, 4321))
	}); err != nil {
		reference.Missing(t, "only root may make a checkout that is another's: %v", err)
	}
	if _, err := made.Try("rev-parse", "HEAD"); err == nil {
		reference.Missing(t, "this git reads another's checkout anyway")
	}
	if got, err := made.Open().Resolve(context.Background(), "HEAD"); got != want || err != nil {
		t.Errorf("HEAD = %q, %v", got, err)
	}
}

func TestFiles(t *testing.T) {
	ctx := context.Background()
	made := gittest.New(t)
	made.Write("dir/a.go", "package a\n")
	made.Write("empty", "")
	made.Write("other", "b")
	if err := os.Symlink(".git/config", filepath.Join(made.Root, "cfg.go")); err != nil {
		reference.Missing(t, "%v", err)
	}
	head := made.Commit("one")
	made.Write("dir/a.go", "changed since")
	files, err := made.Open().Files(ctx, head)
	if err != nil {
		t.Fatal(err)
	}
	defer files.Close()
	for path, want := range map[string]string{"dir/a.go": "package a\n", "empty": "", "other": "b"} {
		if got, err := files.Read(path, 1000); string(got) != want || err != nil {
			t.Errorf("Read(%q) = %q, %v", path, got, err)
		}
	}
	if got, err := files.Read("dir/a.go", 3); string(got) != "pac" || err != nil {
		t.Errorf("cut: %q, %v", got, err)
	}
	for _, path := range []string{"cfg.go", ".git/config", "../x", "dir", "nope", "cfg.go/x"} {
		if got, err := files.Read(path, 1000); err == nil {
			t.Errorf("Read(%q) = %q", path, got)
		}
	}
	if got, err := files.Read("other", 1000); string(got) != "b" || err != nil {
		t.Errorf("after refusals: %q, %v", got, err)
	}
}

// TestNoFolderIsLeft: a call that fails before git is started leaves nothing in
// the temporary folder.
func TestNoFolderIsLeft(t *testing.T) {
	made := gittest.New(t)
	made.Commit("one")
	r := made.Open()
	if err := os.Remove(filepath.Join(made.Root, ".git", "HEAD")); err != nil {
		t.Fatal(err)
	}
	tmp := t.TempDir()
	t.Setenv("TMPDIR", tmp)
	if _, err := r.Run(t.Context(), "rev-parse", "HEAD"); err == nil {
		t.Error("git ran without a HEAD")
	}
	if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
		t.Errorf("left: %v %v", left, err)
	}
}

// TestUntouched: git looks at times, until something refreshes its index.
func TestUntouched(t *testing.T) {
	ctx := t.Context()
	made := gittest.New(t)
	paths := []string{"a/lcov.info", "b [1]/*.info", "c.info"}
	for _, p := range paths {
		made.Write(p, "old")
	}
	made.Commit("one")
	r := made.Open()
	check := func(when string, ask, want []string) {
		t.Helper()
		if got, err := r.Untouched(ctx, ask); err != nil || !slices.Equal(want, got) {
			t.Errorf("%s: %q, %v; want %q", when, got, err, want)
		}
	}
	check("checked out", paths, paths)
	made.Write("c.info", "new")
	check("another text", paths, paths[:2])
	if err := os.Chtimes(filepath.Join(made.Root, "a", "lcov.info"), time.Unix(1, 0), time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	check("the same text, written later", paths, paths[1:2])
	check("of some", paths[:1], nil)
	made.Git("status", "--short")
	check("the same text, and a refreshed index", paths, paths[:2])
	// Git is asked for so many in several goes.
	many := slices.Clone(paths)
	for i := range 200 {
		many = append(many, fmt.Sprintf("reports/%d/%s.info", i, strings.Repeat("long", 20)))
		made.Write(many[len(many)-1], "old")
	}
	made.Git("add", "-A", "reports")
	made.Git("commit", "-qm", "many")
	made.Write(many[100], "new")
	check("many", many, slices.Concat(paths[:2], many[3:100], many[101:]))
	// HEAD alone says what was checked out, and not the index.
	made.Write("new.info", "old")
	check("not tracked", []string{"new.info", "none.info"}, nil)
	made.Git("add", "new.info", "c.info")
	check("staged: one that HEAD lacks, one that it has otherwise", []string{"new.info", "c.info"}, nil)
	made.Git("rm", "-q", "--cached", "a/lcov.info")
	check("taken out of the index", paths[:2], paths[1:2])
}

// TestWithoutTemporaryFolder: a container may have no other folder to write to than
// the memory that Linux has for such.
func TestWithoutTemporaryFolder(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "1\n")
	head := made.Commit("a")
	t.Setenv("TMPDIR", filepath.Join(made.Root, "none"))
	repo, err := git.Open(context.Background(), made.Root)
	if _, none := os.Stat("/dev/shm"); none != nil {
		if err == nil || !strings.Contains(fault.Hint(err), "TMPDIR") {
			t.Errorf("without /dev/shm: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if got, err := repo.Resolve(context.Background(), "HEAD"); got != head || err != nil {
		t.Errorf("HEAD is %s, %v", got, err)
	}
}

// TestLinkedTreeWithReftable: the table that is read for all work trees has the HEAD
// of the main one.
func TestLinkedTreeWithReftable(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "1\n")
	made.Commit("a")
	tree := filepath.Join(t.TempDir(), "tree")
	made.Git("worktree", "add", "-q", "-b", "topic", tree)
	made.Git("config", "extensions.refStorage", "reftable")
	if _, err := git.Open(context.Background(), tree); !errors.Is(err, git.ErrNoRepository) || !strings.Contains(err.Error(), "reftable") {
		t.Errorf("opened: %v", err)
	}
	if _, err := git.Open(context.Background(), made.Root); err != nil {
		t.Errorf("the main one: %v", err)
	}
}

// TestLenderThatIsGone: a CI's mirror that is not mounted into a container is said to be
// what lacks.
func TestLenderThatIsGone(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "1\n")
	head := made.Commit("a")
	borrower := gittest.New(t)
	borrower.Write(".git/objects/info/alternates", filepath.Join(made.Root, ".git", "objects")+"\n")
	borrower.Git("update-ref", "refs/heads/main", head)
	if got, err := borrower.Open().Resolve(context.Background(), "refs/heads/main"); got != head || err != nil {
		t.Errorf("while it is there: %s, %v", got, err)
	}
	if err := os.Rename(made.Root, made.Root+".gone"); err != nil {
		t.Fatal(err)
	}
	_, err := borrower.Open().Resolve(context.Background(), "refs/heads/main")
	if err == nil || !strings.Contains(err.Error(), "borrows from "+filepath.Join(made.Root, ".git", "objects")) || !strings.Contains(fault.Hint(err), "mount") {
		t.Errorf("%v; %s", err, fault.Hint(err))
	}
}
