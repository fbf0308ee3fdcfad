package job

import (
	"cmp"
	"context"
	"io"
	"os"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// Change say which lines are the change's.
type Change struct {
	Diff string `placeholder:"FILE" help:"Unified diff of the change, or - for standard input. Without it git is asked."`
	Base string `placeholder:"REF" help:"Commit or branch that the change left. Without it, what the CI says of the pull request; outside of one the default branch."`
}

// Asked reports whether there is a change to look for: one was named, or the
// run is a pull request's. On a push to a branch there is none by itself.
func (f Change) Asked(run ci.Run) bool {
	return f.Diff != "" || f.Base != "" || run.PullRequest > 0
}

// Read gives the change. The checked out commit is what the tests ran on, so
// its line numbers are those of the reports, also where a CI has checked out a
// merge of the pull request. Outside of a CI, uncommitted changes count.
func (f Change) Read(ctx context.Context, c *console.Console, repo *git.Repo, run ci.Run) (diff.Change, error) {
	if f.Diff != "" {
		return f.parse(c)
	}
	if repo == nil {
		return diff.Change{}, fault.WithHint(fault.Errorf(fault.Input, "no git checkout here to find the changed lines in"),
			"hand over the change with --diff FILE")
	}
	base, err := f.base(ctx, repo, run)
	if err != nil {
		return diff.Change{}, err
	}
	head := "HEAD"
	if run.System == ci.Git {
		head = ""
	}
	return diff.Git(ctx, repo, base, head)
}

func (f Change) parse(c *console.Console) (diff.Change, error) {
	var in io.Reader = c.Stdin
	name := "standard input"
	if f.Diff != "-" {
		name = f.Diff
		file, err := os.Open(c.Path(f.Diff))
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

// base is what to compare with. A name that this checkout does not know is
// given as it is: a shallow checkout of a merge does without it.
func (f Change) base(ctx context.Context, repo *git.Repo, run ci.Run) (string, error) {
	for _, name := range []string{f.Base, run.BaseCommit, run.BaseBranch} {
		if name == "" {
			continue
		}
		if rev, err := diff.Base(ctx, repo, name); err == nil || f.Base != "" {
			return cmp.Or(rev, name), nil
		}
	}
	if named := cmp.Or(run.BaseCommit, run.BaseBranch); named != "" {
		return named, nil
	}
	const origin = "refs/remotes/origin/HEAD" // what the remote calls its default branch
	if _, err := repo.Resolve(ctx, origin); err == nil {
		return origin, nil
	}
	return diff.Base(ctx, repo, "main", "master", "develop", "trunk")
}

// PatchOf joins reports with a change.
func PatchOf(r *coverage.Report, c diff.Change) *coverage.Patch {
	p := r.Patch(c.Lines())
	return &p
}
