package job

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// TestFoundInTheCommit: a service looks at the commit, and the merge of it is
// checked out, in which the base has added three lines to one file and renamed another: what it found on
// a changed line is new, and is shown where the commit has it.
func TestFoundInTheCommit(t *testing.T) {
	made := gittest.New(t)
	made.Write("a.go", "1\n2\n3\n")
	made.Write("b.go", "1\n2\n")
	made.Write("old.go", strings.Repeat("line\n", 20)+"last\n")
	made.Commit("One")
	made.Git("checkout", "-qb", "feature")
	made.Write("a.go", "1\n2\n3 changed\n")
	made.Write("old.go", strings.Repeat("line\n", 20)+"changed\n")
	commit := made.Commit("Two")
	made.Git("checkout", "-q", "main")
	made.Write("a.go", "x\ny\nz\n1\n2\n3\n")
	made.Git("mv", "old.go", "new.go")
	made.Write("new.go", "first\n"+strings.Repeat("line\n", 20)+"last\n")
	base := made.Commit("Main")
	made.Merge("main", "feature")
	repo, err := git.Open(t.Context(), made.Root)
	if err != nil {
		t.Fatal(err)
	}
	c := &console.Console{}
	j := Job{Console: c, repo: repo, run: ci.Run{Commit: commit}.Settle(t.Context(), repo, nil)}
	change, err := diff.Git(t.Context(), repo, base, "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	j.change = &change
	found := []service.Finding{
		{Path: "a.go", Line: 3, EndLine: 3},
		{Path: "a.go", Line: 2},
		{Path: "a.go", EndLine: 9},
		{Path: "b.go", Line: 2},
		{Path: "old.go", Line: 21},
		{Path: "old.go", Line: 20},
		{Path: "old.go"},
	}
	j.page.Findings = &summary.Findings{Items: j.inMerge(t.Context(), found)}
	if err := j.readFindings(t.Context()); err != nil {
		t.Fatal(err)
	}
	type at struct {
		Path      string
		Line, End int
		Age       service.Age
	}
	where := func() (out []at) {
		for _, f := range j.page.Findings.Items {
			out = append(out, at{f.Path, f.Line, max(f.EndLine, f.Line), f.Age})
		}
		return out
	}
	if diff := cmp.Diff([]at{
		{"a.go", 0, 9, service.New},
		{"a.go", 6, 6, service.New},
		{"new.go", 0, 0, service.New},
		{"new.go", 22, 22, service.New},
		{"a.go", 5, 5, service.Old},
		{"b.go", 2, 2, service.Old},
		{"new.go", 21, 21, service.Old},
	}, where()); diff != "" {
		t.Error(diff)
	}
	j.place()
	if diff := cmp.Diff([]at{
		{"a.go", 0, 0, service.New},
		{"a.go", 3, 3, service.New},
		{"old.go", 0, 0, service.New},
		{"old.go", 21, 21, service.New},
		{"a.go", 2, 2, service.Old},
		{"b.go", 2, 2, service.Old},
		{"old.go", 20, 20, service.Old},
	}, where()); diff != "" {
		t.Error(diff)
	}
}
