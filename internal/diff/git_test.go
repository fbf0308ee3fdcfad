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
	c, err := Git(context.Background(), r.Open(), r.Git("merge-base", "main", "HEAD"), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{Path: "dir/moved", OldPath: "moved", Kind: Renamed},
		{Path: "dir/ä \"quoted\"\tname", Kind: Modified, Lines: []int{1}},
		{Path: "edit", Kind: Modified, Lines: []int{5, 6}},
		{Path: "gone", Kind: Deleted},
		{Path: "new", Kind: Added, Lines: []int{1, 2}},
		{Path: "pic", Kind: Modified, Lines: []int{1}}, // compared as text, as all files are
	}
	if diff := cmp.Diff(want, c.Files); diff != "" {
		t.Error(diff)
	}
	r.Write("new", "a\nb\nc\n")
	c, err = Git(context.Background(), r.Open(), r.Git("merge-base", "main", "HEAD"), "")
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
	c, err := Git(context.Background(), r.Open(), r.Git("merge-base", "main", "HEAD"), "HEAD")
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
	c, err := Git(context.Background(), r.Open(), r.Git("merge-base", "main", "HEAD"), "HEAD")
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

// TestGitWorkTree: what is staged, what is not, and new files that are not
// ignored; line ends of another system are no change.
func TestGitWorkTree(t *testing.T) {
	r := gittest.New(t)
	r.Write("staged", ten)
	r.Write("edited", ten)
	r.Write("crlf", ten)
	r.Write(".gitignore", "*.out\n")
	base := r.Commit("one")
	r.Write("staged", "0\n"+ten)
	r.Git("add", "staged")
	r.Write("edited", ten+"11\n")
	r.Write("crlf", strings.ReplaceAll(ten, "\n", "\r\n"))
	r.Write("dir/new", "a\n"+strings.Repeat("x", 200_000)+"\nlast")
	r.Write("x.out", "a\n")
	c, err := Git(context.Background(), r.Open(), base, "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]int{}
	for path, lines := range c.Lines() {
		if len(lines) > 0 {
			got[path] = lines
		}
	}
	if diff := cmp.Diff(map[string][]int{"staged": {1}, "edited": {11}, "dir/new": {1, 2, 3}}, got); diff != "" {
		t.Error(diff)
	}
}

// TestGitAttributesHideNothing: a pull request's own attributes, or a NUL in a
// comment, do not make its code "binary".
func TestGitAttributesHideNothing(t *testing.T) {
	r := gittest.New(t)
	r.Write("a.go", ten)
	r.Write("b.js", ten)
	base := r.Commit("one")
	r.Write(".gitattributes", "*.go binary\n*.js -diff\n")
	r.Write("a.go", ten+"11\n")
	r.Write("b.js", ten+"11 \x00\n")
	r.Commit("two")
	c, err := Git(context.Background(), r.Open(), base, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	want := []File{
		{Path: ".gitattributes", Kind: Added, Lines: []int{1, 2}},
		{Path: "a.go", Kind: Modified, Lines: []int{11}},
		{Path: "b.js", Kind: Modified, Lines: []int{11}},
	}
	if diff := cmp.Diff(want, c.Files); diff != "" {
		t.Error(diff)
	}
}

// TestGitPartialClone: the texts that a partial clone lacks are not fetched,
// and the change is an error that says so.
func TestGitPartialClone(t *testing.T) {
	origin := pull(t)
	origin.Git("config", "uploadpack.allowFilter", "true")
	c := origin.Clone("--filter=blob:none", "--no-checkout", "--branch=topic")
	_, err := Git(context.Background(), c.Open(), "origin/main~1", "HEAD")
	if fault.Of(err) != fault.Input || !strings.Contains(fault.Hint(err), "partial clone") {
		t.Errorf("err = %v, hint %q", err, fault.Hint(err))
	}
}
