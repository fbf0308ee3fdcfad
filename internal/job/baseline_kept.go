package job

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/summary"
)

// keepBaseline keeps this run's coverage for those that are compared with it,
// where the run is one of a base branch's own.
func (j *Job) keepBaseline(ctx context.Context) error {
	if !j.keeps() {
		return nil
	}
	store, err := j.store()
	if err != nil {
		// The usual place is tried without being asked for, and must not warn.
		if j.Facts.BaselineStore == "" {
			return nil // nobody asked for one
		}
		return err
	}
	b, err := j.kept(ctx)
	if err != nil {
		return err
	}
	// A store that is only read is filled by somebody else.
	keeper, ok := store.(baseline.Keeper)
	if !ok {
		return nil
	}
	where, err := keeper.Keep(ctx, b)
	if err == nil {
		j.Console.Say("baseline of %.7s kept in %s", b.Commit, where)
	}
	return err
}

// keeps reports whether the run's coverage is a baseline for others: whole, of
// a commit of a base branch, in a CI, and not of a pull request or a fork.
func (j *Job) keeps() bool {
	r := j.run
	branches := j.Facts.BaselineBranches
	if len(branches) == 0 {
		branches = append(git.MainBranches(), "release/**", "releases/**")
	}
	// Only a run that surely is the branch's own: a pull request's commit is not in
	// the branch yet, and one from a fork could lower the number that it is compared
	// with. BaseTip is set where the base only started the run.
	own := r.System != ci.Git && r.System != ci.Unknown && !r.Proposed() && !r.FromFork && r.OfRun == "" && r.BaseTip == "" && r.Known() && r.Commit != "" &&
		!strings.HasPrefix(r.Event, "pull_request") && r.Event != "merge_request_event"
	return own && j.facts.Report.Known() && j.packed == nil && !j.Upload.Partial && j.page.Coverage != nil &&
		r.Branch != "" && gate.Matches(branches, r.Branch) && (r.Checkout.Standing == ci.Same || r.Checkout.Standing == ci.NoGit)
}

// kept is the baseline that this run leaves.
func (j *Job) kept(ctx context.Context) (*baseline.Baseline, error) {
	report := j.facts.Report.Value
	b := &baseline.Baseline{
		Repository: j.run.FullName(), Commit: j.run.Commit, Branch: j.run.Branch, Run: j.run.RunURL, At: time.Now().UTC().Truncate(time.Second),
		Trend: j.history(), Flips: j.shifts.Flips, Report: report,
	}
	// The times alone: what a test printed is nobody's baseline.
	if j.facts.Tests.Known() {
		b.Tests = j.facts.Tests.Value.Times()
	}
	if j.repo == nil {
		return b, nil
	}
	files, err := j.repo.List(ctx, j.run.Checkout.Head)
	if err != nil {
		return nil, err
	}
	// The ids of the texts let a later run, whose checkout is shallow, know which
	// files are as they were.
	b.Blobs, b.Components = map[string]string{}, map[string]baseline.Component{}
	for _, f := range report.Files() {
		if id := files.ID(f.Path); id != "" {
			b.Blobs[f.Path] = id
		}
	}
	for _, c := range j.rules.Components {
		match := func(path string) bool { return gate.Matches(c.Paths, path) && !j.ignored(path) }
		// A component without a covered file has nothing to carry on.
		if slices.ContainsFunc(report.Files(), func(f *coverage.File) bool { return match(f.Path) }) {
			digest, _ := baseline.Digest(files, match)
			b.Components[c.Name] = baseline.Component{Tree: digest, From: j.facts.Carried[c.Name]}
		}
	}
	return b, nil
}

// history is the trend that the baseline has, and this run after it.
func (j *Job) history() []baseline.Point {
	var points []baseline.Point
	if j.old != nil {
		// A run that is repeated replaces its own point.
		points = slices.DeleteFunc(slices.Clone(j.old.Trend), func(p baseline.Point) bool { return p.Commit == j.run.Commit })
	}
	if value, ok := j.page.Coverage.Totals.Lines.Percent(); ok {
		points = append(points, baseline.Point{Commit: j.run.Commit, Label: time.Now().UTC().Format(time.DateOnly), Value: value})
	}
	return points[max(0, len(points)-baseline.MaxTrend):]
}

// Kept returns the page of the newest baseline at or before HEAD: what the
// store says of the branch without any report at hand.
func (j *Job) Kept(ctx context.Context) (summary.Page, error) {
	if err := j.begin(ctx); err != nil {
		return summary.Page{}, err
	}
	store, err := j.store()
	if err != nil {
		return summary.Page{}, err
	}
	entries, err := store.List(ctx, j.run.Branch)
	if err != nil {
		return summary.Page{}, err
	}
	found, err := baseline.Nearest(ctx, j.repo, j.run.Tree(), entries)
	switch {
	case err != nil:
		return summary.Page{}, err
	case len(found) == 0:
		return summary.Page{}, fault.Errorf(fault.Input, "no baseline is kept of %.7s or of a commit before it", j.run.Tree())
	}
	b, err := readKept(ctx, store, j.run.Branch, found[0])
	if err == nil {
		err = j.belongs(b, found[0], "")
	}
	if err != nil {
		return summary.Page{}, err
	}
	j.page.Coverage = &summary.Coverage{Totals: b.Report.Totals()}
	return j.page, nil
}
