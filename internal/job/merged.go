package job

import (
	"context"
	"slices"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
)

// readMerged reads what the merge that is checked out changes of the commit
// reported on: the base's own changes, by which lines have moved. Changed lines
// are those of the merge, which the tests ran on; services and people see the
// commit. It is empty where HEAD is no such merge, and where nothing shows them that is said.
func (j *Job) readMerged(ctx context.Context) {
	c := j.run.Checkout
	if c.Standing != ci.Merge || j.packed != nil {
		return
	}
	const moved = "lines of files that the base has changed since may have moved"
	if c.Tree != "" {
		j.Console.Say("HEAD is a merge of %.10s, which this checkout does not hold: %s; fetch-depth: 2 of actions/checkout fetches it", j.run.Commit, moved)
		return
	}
	change, err := diff.Git(ctx, j.repo, j.run.Commit, c.Head)
	if err != nil {
		j.Console.Warn("HEAD is a merge of %.10s, and %s: %s", j.run.Commit, moved, fault.Text(err))
		return
	}
	j.merged = change
}

// toSend returns what is uploaded: the lines as the commit reported on has them.
func (j *Job) toSend(read reports.Set) service.Upload {
	f := j.Upload
	u := service.Upload{Files: read.Whole(f.Module, f.ModulePath), Partial: f.Partial, Language: f.Language}
	paths := j.merged.Paths()
	if len(paths) == 0 {
		return u
	}
	for i := range u.Files {
		r, moved := u.Files[i].Report.Moved(paths, func(path string, line int) (int, bool) {
			_, old, _, ok := j.merged.Before(path, line, 0)
			return old, ok
		})
		u.Files[i].Report = r
		if moved > 0 {
			j.Console.Say("HEAD is a merge of %.10s: lines of %s are sent where they are in the commit", j.run.Commit, console.Count(moved, "file"))
		}
	}
	return u
}

// shown returns changed lines where people see them: as the commit reported on has
// them. One that only the merge has stays where it is there, so that they are as many.
func (j *Job) shown(p *coverage.Patch) *coverage.Patch {
	out := *p
	out.Files = slices.Clone(p.Files)
	for i := range out.Files {
		f := &out.Files[i]
		for _, lines := range []*[]int{&f.Covered, &f.Uncovered, &f.Partial} {
			*lines = slices.Clone(*lines)
			for k, line := range *lines {
				if _, old, _, ok := j.merged.Before(f.Path, line, 0); ok {
					(*lines)[k] = old
				}
			}
			slices.Sort(*lines)
		}
	}
	return &out
}
