package job

import (
	"cmp"
	"context"
	"path"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/summary"
)

// compare puts what changed since the baseline on the page, and what rules
// need of it into the facts.
func (j *Job) compare(ctx context.Context, shown *summary.Baseline) error {
	report, old := j.facts.Report.Value, j.facts.Baseline.Value
	measured := j.measured(ctx)
	files, err := j.filesOf(ctx, cmp.Or(measured, "HEAD"))
	if err != nil {
		return err
	}
	// Nothing is proved by the files of another commit, or by those of a commit
	// that was edited since.
	proved := j.old != nil && measured != "" && j.run.System != ci.Git
	if proved {
		j.carry(files)
	}
	if c := j.page.Coverage; c != nil {
		c.Compare(report, old, j.rules.Partials.Count)
		c.Baseline = shown
		if points := j.history(); j.Publish.Trend == "" && len(points) > 1 {
			for _, p := range points {
				j.page.Trend = append(j.page.Trend, summary.Point{Label: p.Label, Value: p.Value})
			}
		}
	}
	j.facts.LostReports = gate.LostReports(report.Parts, old.Parts, func(below string) bool {
		return (files == nil || files.Has(below)) && !j.ignored(below) && !j.ignored(path.Join(below, "*"))
	})
	if files != nil { // else whether the commit has a file still is not known
		j.facts.Lost = gate.Lost(report, old, func(path string) bool { return files.ID(path) != "" && !j.ignored(path) })
	}
	if !proved {
		return nil
	}
	// Lines that changed without being touched: by tests that ran differently, or by
	// code elsewhere. They need the lines' old places, and so a baseline of ours.
	j.shifts = j.old.Compare(report, j.places(ctx, files, measured))
	j.facts.FlakyNow, j.facts.FlakyBefore = j.shifts.FlakyNow, j.shifts.FlakyBefore
	if c := j.page.Coverage; c != nil {
		for _, s := range j.shifts.Files {
			c.Indirect = append(c.Indirect, summary.Shift{Path: s.Path, Lost: s.Lost, Gained: s.Gained, Flaky: s.Flaky})
		}
	}
	return nil
}

// measured returns the commit whose files the reports are about, as far as the
// checkout has it; "" if it does not.
func (j *Job) measured(ctx context.Context) string {
	if j.repo == nil {
		return ""
	}
	commit := j.run.Checkout.Head // the tests ran on it
	// A packed run measures nothing: its reports are of the commit, whatever is
	// checked out here.
	if s := j.run.Checkout.Standing; s != ci.Same && s != ci.Merge && s != ci.Descendant || j.packed != nil {
		commit = j.run.Tree()
	}
	if commit == "" {
		return ""
	}
	id, err := j.repo.Resolve(ctx, commit)
	if err != nil {
		return ""
	}
	return id
}

// carry takes over the coverage of components that are as they were.
func (j *Job) carry(files *git.Listing) {
	report := j.facts.Report.Value
	for _, c := range j.rules.Components {
		match := func(path string) bool { return gate.Matches(c.Paths, path) && !j.ignored(path) }
		// A component whose files are the same, byte by byte, has the same coverage; a
		// job that did not run its tests need not.
		from := j.old.Carry(report, files, baseline.Part{Name: c.Name, Match: match})
		if from == "" {
			continue
		}
		if j.facts.Carried == nil {
			j.facts.Carried = map[string]string{}
		}
		j.facts.Carried[c.Name] = from
		for _, part := range j.old.Report.Parts {
			if match(part.Below) || match(path.Join(part.Below, "*")) {
				report.Parts = append(report.Parts, part)
			}
		}
	}
	if len(j.facts.Carried) > 0 && j.page.Coverage != nil {
		j.page.Coverage.Totals = report.Totals()
	}
}

// filesOf lists a commit, nil where the checkout has none such.
func (j *Job) filesOf(ctx context.Context, commit string) (*git.Listing, error) {
	if j.repo == nil {
		return nil, nil
	}
	if _, err := j.repo.Resolve(ctx, commit); err != nil {
		return nil, ctx.Err() // nothing is committed yet
	}
	return j.repo.List(ctx, commit)
}

// places says where lines were in the baseline's commit: by git where the
// checkout has it, else by files whose text is the same.
func (j *Job) places(ctx context.Context, files *git.Listing, commit string) baseline.Places {
	// A shallow checkout has not got the old commit; the ids of its files' texts are
	// in the baseline for that.
	if _, err := j.repo.Resolve(ctx, j.old.Commit); err == nil {
		if change, err := diff.Git(ctx, j.repo, j.old.Commit, commit); err == nil && !change.Cut {
			return byDiff{change}
		}
	}
	return byText{files, j.old.Blobs}
}

type byDiff struct{ change diff.Change }

// nearby is how many lines around an edit its effects are expected in.
const nearby = 3

func (d byDiff) Before(path string, line int) (string, int, bool, bool) {
	return d.change.Before(path, line, nearby)
}

type byText struct {
	now    *git.Listing
	before map[string]string
}

func (t byText) Before(path string, line int) (string, int, bool, bool) {
	id := t.now.ID(path)
	return path, line, false, id != "" && t.before[path] == id
}
