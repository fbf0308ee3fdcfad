package diff

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git/gittest"
)

const ten = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

// pull makes main and a branch "topic" that left it, and moves main on.
func pull(t *testing.T) gittest.Repo {
	r := gittest.New(t)
	for _, f := range []string{"edit", "gone", "moved", "dir/ä \"quoted\"\tname"} {
		r.Write(f, ten+f)
	}
	r.Write("pic", "\x00\x01")
	r.Commit("one")
	r.Git("checkout", "-qb", "topic")
	r.Write("edit", strings.Replace(ten, "5\n", "five\nand more\n", 1)+"edit")
	r.Write("dir/ä \"quoted\"\tname", "0\n"+ten)
	r.Write("pic", "\x00\x02")
	r.Write("new", "a\nb\n")
	r.Git("rm", "-q", "gone")
	r.Git("mv", "moved", "dir/moved")
	r.Commit("two")
	r.Git("checkout", "-q", "main")
	r.Write("edit", "only on main\n"+ten+"edit")
	r.Commit("three")
	return r
}

func TestGit(t *testing.T) {
	r := pull(t)
	r.Git("checkout", "-q", "topic")
	c, err := Git(context.Background(), r.Open(), "main", "HEAD")
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
	r.Write("new", "a\nb\nc\n")
	c, err = Git(context.Background(), r.Open(), "main", "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{1, 2, 3}, c.Files[4].Lines); diff != "" {
		t.Errorf("the work tree: %s", diff)
	}
}

func TestGitIgnoresHostileConfiguration(t *testing.T) {
	r := pull(t)
	r.Git("checkout", "-q", "topic")
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
		r.Git("config", kv[0], kv[1])
	}
	c, err := Git(context.Background(), r.Open(), "main", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Files) != 6 || c.Files[2].Path != "edit" || len(c.Files[2].Lines) != 2 {
		t.Errorf("%+v", c.Files)
	}
}

func TestGitSubmodule(t *testing.T) {
	lib := gittest.New(t)
	lib.Write("x", "x")
	lib.Commit("lib")
	r := gittest.New(t)
	r.Write("a", "a")
	r.Commit("one")
	r.Git("checkout", "-qb", "topic")
	r.Git("submodule", "--quiet", "add", lib.Root, "lib")
	r.Commit("two")
	r.Git("config", "diff.submodule", "log")
	c, err := Git(context.Background(), r.Open(), "main", "HEAD")
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

func TestGitShallow(t *testing.T) {
	origin := pull(t)
	ctx := context.Background()
	shallow := origin.Clone("--depth=1", "--branch=topic")
	_, err := Git(ctx, shallow.Open(), "refs/remotes/origin/main", "HEAD")
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "the checkout is shallow") || !strings.Contains(fault.Hint(err), "fetch-depth: 0") {
		t.Errorf("err = %v, hint %q", err, fault.Hint(err))
	}
	_, err = Base(ctx, shallow.Open(), "main")
	if !strings.Contains(fault.Hint(err), "fetch-depth: 0") {
		t.Errorf("Base: %v, hint %q", err, fault.Hint(err))
	}

	// A CI's checkout of a pull request: the merge commit and its parents.
	origin.Git("checkout", "-q", "-B", "merged", "main")
	origin.Git("merge", "-q", "--no-edit", "topic")
	merged := origin.Clone("--depth=2", "--branch=merged")
	merged.Git("update-ref", "-d", "refs/remotes/origin/main")
	c, err := Git(ctx, merged.Open(), "refs/remotes/origin/main", "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]int{6, 7}, c.Files[2].Lines); diff != "" || len(c.Files) != 6 {
		t.Errorf("line numbers are those of the merge that was tested: %s", diff)
	}
}

func TestGitUnrelatedAndUnknown(t *testing.T) {
	r := pull(t)
	r.Git("checkout", "-q", "--orphan", "other")
	r.Commit("root")
	_, err := Git(context.Background(), r.Open(), "main", "HEAD")
	if fault.Of(err) != fault.Input || !strings.Contains(err.Error(), "no common history") {
		t.Errorf("err = %v", err)
	}
	_, err = Git(context.Background(), r.Open(), "--output=/tmp/evil", "HEAD")
	if fault.Of(err) != fault.Input {
		t.Errorf("err = %v", err)
	}
	rev, err := Base(context.Background(), r.Open(), "", "nope", "main")
	if err != nil || rev != "main" {
		t.Errorf("Base = %q, %v", rev, err)
	}
}
