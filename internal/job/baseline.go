package job

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/summary"
)

// readBaseline finds what to compare with: the file that was named, else what
// the nearest run on the base branch kept. What cannot be found or read in a
// store is missing data, with the way out.
func (j *Job) readBaseline(ctx context.Context) error {
	var shown *summary.Baseline
	if j.Facts.Baseline != "" {
		report, err := j.baselineFile(ctx)
		if err != nil || report == nil {
			return err
		}
		j.facts.Baseline = gate.Known(report)
	} else {
		var err error
		if j.old, shown, err = j.findBaseline(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			j.facts.Baseline = gate.MissingFor[*coverage.Report](err)
			j.unfound(err)
			return nil
		}
		j.facts.Baseline = gate.Known(j.old.Report)
	}
	if !j.facts.Report.Known() {
		return nil
	}
	return j.compare(ctx, shown)
}

// unfound says why there is no baseline, unless a condition does: on the page
// where a store was named, else in the log.
func (j *Job) unfound(err error) {
	switch {
	case j.judgesDrop(), errors.Is(err, errNoStore), !j.facts.Report.Known():
	case j.Facts.BaselineStore != "":
		j.note("No baseline: %s", remark(err))
	default:
		j.Console.Say("no baseline: %s", remark(err))
	}
}

// judgesDrop reports whether a rule needs the baseline.
func (j *Job) judgesDrop() bool {
	return j.rules.Drop != nil || slices.ContainsFunc(j.rules.Components, func(c gate.Component) bool { return c.Drop != nil })
}

// baselineFile reads the file of --baseline: a report of any format, or what a
// run kept. One that is not there is missing data.
func (j *Job) baselineFile(ctx context.Context) (*coverage.Report, error) {
	name := j.Console.Path(j.Facts.Baseline)
	file, err := input.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		j.facts.Baseline = gate.Missing[*coverage.Report]("baseline "+j.Facts.Baseline+" does not exist", "")
		j.note("There is no baseline at %s yet.", j.Facts.Baseline)
		return nil, nil
	}
	if err != nil {
		return nil, fault.Errorf(fault.Input, "baseline: %w", err)
	}
	defer file.Close()
	if !baseline.Sniff(file) {
		report, _, err := formats.ParseFile(ctx, name, formats.Options{})
		return report, err
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return nil, fault.Errorf(fault.Input, "baseline: %w", err)
	}
	if j.old, err = baseline.Read(file, j.Facts.Baseline); err != nil {
		return nil, err
	}
	return j.old.Report, nil
}

// findBaseline looks in the store for what the nearest ancestor left.
func (j *Job) findBaseline(ctx context.Context) (*baseline.Baseline, *summary.Baseline, error) {
	if !j.facts.Report.Known() {
		return nil, nil, fault.Errorf(fault.Input, "there is no coverage to compare")
	}
	store, err := j.store()
	if err != nil {
		return nil, nil, err
	}
	patience := 5 * time.Second // for what is only shown, nobody waits long
	if j.judgesDrop() || j.Facts.BaselineStore != "" {
		patience = 2 * time.Minute
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	start, branch, err := j.anchor(ctx)
	if err != nil {
		return nil, nil, err
	}
	entries, err := store.List(ctx, branch)
	if err != nil {
		return nil, nil, err
	}
	found, err := baseline.Nearest(ctx, j.repo, start, entries)
	if err != nil {
		return nil, nil, err
	}
	var last error
	for _, f := range found {
		text, err := store.Open(ctx, branch, f.Entry)
		var b *baseline.Baseline
		if err == nil {
			b, err = baseline.Read(bytes.NewReader(text), fmt.Sprintf("of %.7s", f.Commit))
		}
		if err == nil {
			err = j.belongs(b, f, branch)
		}
		if err != nil {
			last = cmp.Or(last, err)
			continue
		}
		return b, &summary.Baseline{Commit: b.Commit, Distance: f.Distance, Own: !j.run.Proposed() && j.Facts.Base == ""}, nil
	}
	if last != nil {
		return nil, nil, last
	}
	text := fmt.Sprintf("no run has kept a baseline of %.7s or of a commit before it", start)
	switch {
	case len(entries) == 0 && branch != "":
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "no run on %s has kept a baseline yet", branch), "it is there after the next run on %s", branch)
	case j.repo != nil && j.repo.Shallow(ctx):
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "%s, as far as this shallow checkout shows", text), `fetch the history: "fetch-depth: 0" of actions/checkout, GIT_DEPTH: 0 on GitLab`)
	}
	return nil, nil, fault.Errorf(fault.Input, "%s", text)
}

// belongs returns why a baseline is not what it was found as.
func (j *Job) belongs(b *baseline.Baseline, f baseline.Found, branch string) error {
	switch {
	case b.Commit != f.Commit:
		return fault.Errorf(fault.Input, "the baseline kept for %.7s says that it is of %.7s", f.Commit, b.Commit)
	case !strings.EqualFold(b.Repository, j.run.FullName()):
		return fault.Errorf(fault.Input, "the baseline kept for %.7s is of the repository %s", f.Commit, summary.Plain(b.Repository, 100))
	case branch != "" && b.Branch != branch:
		return fault.Errorf(fault.Input, "the baseline kept for %.7s is of the branch %s, not of %s", f.Commit, summary.Plain(b.Branch, 100), branch)
	}
	return nil
}

// anchor returns the commit from which the nearest baseline is sought: where
// the change left its base, or what HEAD was before; and the branch whose runs
// count, "" if that is not known.
func (j *Job) anchor(ctx context.Context) (commit, branch string, err error) {
	r := j.run
	if r.Proposed() || j.Facts.Base != "" {
		branch = r.BaseBranch
		if commit, err = r.Start(ctx, j.repo, j.Facts.Base); err != nil {
			if known := cmp.Or(r.Checkout.Base, r.BaseCommit); known != "" {
				return known, branch, nil // its history is not here, but its name is
			}
		}
		return commit, branch, err
	}
	if j.repo != nil && r.Checkout.Head != "" {
		parents, perr := j.repo.Parents(ctx, r.Checkout.Head)
		if perr == nil && len(parents) > 0 {
			return parents[0], r.Branch, nil
		}
	}
	if r.BaseCommit != "" {
		return r.BaseCommit, r.Branch, nil
	}
	return "", "", fault.Errorf(fault.Input, "there is no commit before this one to compare with")
}

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
		c.Compare(report, old)
		c.Baseline = shown
		if points := j.history(); j.Publish.Trend == "" && len(points) > 1 {
			for _, p := range points {
				j.page.Trend = append(j.page.Trend, summary.Point{Label: p.Label, Value: p.Value})
			}
		}
	}
	j.facts.LostReports = gate.LostReports(report.Parts, old.Parts, func(below string) bool {
		return (files == nil || files.has(below)) && !j.ignored(below) && !j.ignored(path.Join(below, "*"))
	})
	if files != nil { // else whether the commit has a file still is not known
		j.facts.Lost = gate.Lost(report, old, func(path string) bool { return files.ID(path) != "" && !j.ignored(path) })
	}
	if !proved {
		return nil
	}
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
func (j *Job) carry(files *commitFiles) {
	report := j.facts.Report.Value
	for _, c := range j.rules.Components {
		match := func(path string) bool { return gate.Matches(c.Paths, path) && !j.ignored(path) }
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
