package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
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
