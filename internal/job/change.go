package job

import (
	"bufio"
	"cmp"
	"context"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
)

// Change says which lines are the change's.
type Change struct {
	Diff string `placeholder:"FILE" help:"Unified diff of the change, or - for standard input. Without it git is asked."`
	Base string `placeholder:"REF" help:"Commit or branch that the change left. Without it, what the CI says of the pull request; outside of one the default branch."`
}

// Asked reports whether there is a change to look for: one was named, or the
// run is a pull request's or a merge queue's. On a push to a branch there is none by itself.
func (f Change) Asked(run ci.Run) bool {
	return f.Diff != "" || f.Base != "" || run.Proposed()
}

// Read returns the change. The checked out commit is what the tests ran on, so
// its line numbers are those of the reports, also where a CI has checked out a
// merge of the pull request. Outside of a CI, uncommitted changes count.
func (f Change) Read(ctx context.Context, c *console.Console, repo *git.Repo, run ci.Run) (diff.Change, error) {
	if f.Diff != "" {
		return f.parse(c)
	}
	start, err := run.Start(ctx, repo, f.Base)
	if err != nil {
		return diff.Change{}, err
	}
	// The empty name stands for the work tree.
	head := "HEAD"
	if f.uncommitted(run) {
		head = ""
	}
	return diff.Git(ctx, repo, start, head)
}

// uncommitted reports whether the change may hold files that the commit has
// not: those of a diff, or of a work tree outside of a CI.
func (f Change) uncommitted(run ci.Run) bool { return f.Diff != "" || run.System == ci.Git }

// changed returns the files of the change that reports may name although the
// commit has not got them.
func (j *Job) changed() []string {
	if j.change == nil || !j.Facts.uncommitted(j.run) {
		return nil
	}
	return j.change.Paths()
}

func (f Change) parse(c *console.Console) (diff.Change, error) {
	in := c.Stdin
	name := "standard input"
	if f.Diff != "-" {
		name = f.Diff
		file, err := input.Open(c.Path(f.Diff))
		if err != nil {
			return diff.Change{}, fault.Errorf(fault.Input, "diff: %w", err)
		}
		defer file.Close()
		in = file
	}
	change, err := diff.Parse(in, name)
	// As where a pipe broke: what is there is right, and it is not all.
	if err == nil && change.Cut {
		c.Warn("diff %s ends in the middle of its last hunk; lines after that are not judged", name)
	}
	return change, err
}

// PatchOf joins reports with a change.
func PatchOf(r *coverage.Report, c diff.Change) *coverage.Patch {
	p := r.Patch(c.Lines())
	return &p
}

// MissingLine is a changed line that no test ran, with its text.
type MissingLine struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

// longestText is how much of a line is shown, in bytes.
const longestText = 200

// MissingLines returns the uncovered lines of a changed file with their texts
// in the work tree; nil where it cannot be read.
func MissingLines(repo *git.Repo, f coverage.PatchFile) []MissingLine {
	if len(f.Uncovered) == 0 {
		return nil
	}
	// The work tree, because the lines are those of a person at work.
	root, err := os.OpenRoot(repo.Root) // a link out of the checkout is not followed
	if err != nil {
		return nil
	}
	defer root.Close()
	file, err := root.Open(filepath.FromSlash(f.Path))
	if err != nil {
		return nil
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	var out []MissingLine
	in := bufio.NewReaderSize(file, 64<<10)
	for n := 1; len(out) < len(f.Uncovered); n++ {
		text, more, err := in.ReadLine()
		if err != nil {
			break
		}
		if n == f.Uncovered[len(out)] {
			line := strings.TrimRight(string(text), "\r")
			if len(line) > longestText {
				line = line[:longestText] + "…"
			}
			out = append(out, MissingLine{n, strings.ToValidUTF8(line, "\ufffd")})
		}
		// Of a line longer than the buffer, as in generated code, only its beginning is
		// of interest: a file may be one line of any size.
		for more && err == nil {
			_, more, err = in.ReadLine()
		}
	}
	return out
}

// Tests are the files of a commit that are tests by their names.
type Tests []string

// TestsOf lists the tests of HEAD and those that are not committed yet.
func TestsOf(ctx context.Context, repo *git.Repo) (Tests, error) {
	files, err := repo.Tree(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	more, err := repo.Untracked(ctx)
	return slices.DeleteFunc(slices.Concat(files, more), func(p string) bool { return !gate.IsTest(p) }), err
}

// Nearest returns at most three tests whose names are nearest to that of the
// file: those that carry its name, the ones that share most folders first; else
// those beside it.
func (t Tests) Nearest(file string) []string {
	const most = 3
	name := bareName(file)
	var named, beside []string
	for _, p := range t {
		switch {
		case path.Ext(p) == path.Ext(file) && bareName(p) == name:
			named = append(named, p)
		case path.Ext(p) == path.Ext(file) && path.Dir(p) == path.Dir(file):
			beside = append(beside, p)
		}
	}
	sort.Slice(named, func(i, k int) bool {
		return cmp.Or(sharedFolders(named[k], file)-sharedFolders(named[i], file), strings.Compare(named[i], named[k])) < 0
	})
	// A test beside the file is a guess; one that carries its name is none.
	if len(named) == 0 {
		slices.Sort(beside)
		named = beside
	}
	return named[:min(most, len(named))]
}

// bareName is a file's name without its ending and what marks a test.
func bareName(file string) string {
	name := strings.ToLower(strings.TrimSuffix(path.Base(file), path.Ext(file)))
	name = strings.TrimPrefix(name, "test_")
	for _, end := range []string{"_test", "_spec", ".test", ".spec", ".cy", "testcase", "tests", "test", "spec"} {
		if cut, ok := strings.CutSuffix(name, end); ok && cut != "" {
			return cut
		}
	}
	return name
}

// sharedFolders counts the folders that two paths have in common, from either
// end: src/a/x.go and test/a/x_test.go share one.
func sharedFolders(a, b string) int {
	x, y := strings.Split(path.Dir(a), "/"), strings.Split(path.Dir(b), "/")
	front, back := 0, 0
	for front < min(len(x), len(y)) && x[front] == y[front] {
		front++
	}
	for back < min(len(x), len(y))-front && x[len(x)-1-back] == y[len(y)-1-back] {
		back++
	}
	return front + back
}
