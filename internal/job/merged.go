package job

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
	"github.com/gatewright/gatewright/internal/testrun"
)

// readMerged reads what the merge that is checked out changes of the commit
// reported on: the base's own changes, by which lines have moved. Changed lines
// are those of the merge, which the tests ran on; services and people see the
// commit. It is empty where HEAD is no such merge, and where nothing shows them that is said.
func (j *Job) readMerged(ctx context.Context) {
	c := j.run.Checkout
	if c.Standing != ci.Merge || j.packed != nil || j.looked {
		return
	}
	j.looked = true
	const moved = "lines of files that the base has changed since may have moved"
	if c.Tree != "" {
		j.Console.Say("HEAD is a merge of %.10s, which this checkout does not hold: %s; fetch-depth: 2 of actions/checkout, or GIT_DEPTH: 2 on GitLab, fetches it", j.run.Commit, moved)
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
		r, moved := u.Files[i].Report.Moved(paths, func(path string, line int) (string, int, bool) {
			path, line, _, ok := j.merged.Before(path, line, 0)
			return path, line, ok
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
		if path, _, _, ok := j.merged.Before(f.Path, 0, 0); ok {
			f.Path = path
		}
	}
	return &out
}

// place moves findings and failed tests, as they are shown, to where the commit has them.
func (j *Job) place() {
	j.found = j.page.Findings
	if len(j.merged.Files) == 0 {
		return
	}
	if f := j.page.Findings; f != nil {
		items := slices.Clone(f.Items)
		for i := range items {
			f := &items[i]
			if line := f.Line; !j.inCommit(&f.Path, &f.Line, &f.EndLine) && line > 0 {
				f.Message += fmt.Sprintf(" (line %d of the merge)", line)
			}
		}
		j.page.Findings = &summary.Findings{Items: items, Missing: f.Missing}
	}
	if t := j.page.Tests; t != nil {
		shown, end := *t, 0
		for _, list := range []*[]testrun.Case{&shown.Failed, &shown.Flaky} {
			*list = slices.Clone(*list)
			for i := range *list {
				j.inCommit(&(*list)[i].File, &(*list)[i].Line, &end)
			}
		}
		j.page.Tests = &shown
	}
}

// inCommit moves lines of the merge that is checked out to the commit's, and
// reports whether the commit has the first, or the file of line 0; without it they are 0.
func (j *Job) inCommit(path *string, line, end *int) bool {
	file, at, _, ok := j.merged.Before(*path, *line, 0)
	_, last, _, whole := j.merged.Before(*path, *end, 0)
	if !whole || at == 0 {
		last = at
	}
	if ok {
		*path = file
	}
	*line, *end = at, last
	return ok
}

// inMerge returns what a service found in the commit where the merge has it, as
// everything else is that is judged.
func (j *Job) inMerge(ctx context.Context, found []service.Finding) []service.Finding {
	j.readMerged(ctx)
	if len(j.merged.Files) == 0 {
		return found
	}
	back := j.merged.Back()
	found = slices.Clone(found)
	for i := range found {
		f := &found[i]
		if path, line, _, ok := back.Before(f.Path, f.Line, 0); ok {
			f.Path, f.Line, f.EndLine = path, line, max(f.EndLine-f.Line, 0)+line
		}
	}
	return found
}
