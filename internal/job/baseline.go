package job

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/baseline"
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
	// A file that was named wins over every store: the user may compare with what no
	// run has kept.
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
	case j.needsBaseline(), errors.Is(err, errNoStore), !j.facts.Report.Known():
	case j.Facts.BaselineStore != "":
		j.note("No baseline: %s", fault.Text(err))
	default:
		j.Console.Say("no baseline: %s", fault.Text(err))
	}
}

// needsBaseline reports whether a rule needs the baseline.
func (j *Job) needsBaseline() bool {
	return j.rules.Drop != nil || j.needsTimes() || slices.ContainsFunc(j.rules.Components, func(c gate.Component) bool { return c.Drop != nil })
}

// needsTimes reports whether a rule compares with the times of tests that a baseline
// keeps beside the coverage.
func (j *Job) needsTimes() bool {
	return j.rules.Tests.Slower != nil && len(j.Facts.TestsBaseline) == 0
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
	// What a run kept holds more than a report: blobs, tests, the lines that flip.
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
	// For what is only shown nobody waits long; a rule that needs it is worth more.
	patience := 5 * time.Second
	if j.needsBaseline() || j.Facts.BaselineStore != "" {
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
	// The nearest that can be read counts: an artifact may have expired or been cut
	// off, and the one before it is as good a baseline as if it had never been.
	for _, f := range found {
		b, err := readKept(ctx, store, branch, f)
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
	case j.repo != nil && j.repo.Shallow():
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "%s, as far as this shallow checkout shows", text), `fetch the history: "fetch-depth: 0" of actions/checkout, GIT_DEPTH: 0 on GitLab`)
	}
	return nil, nil, fault.Errorf(fault.Input, "%s", text)
}

// readKept reads a baseline that was found in a store.
func readKept(ctx context.Context, s baseline.Store, branch string, f baseline.Found) (*baseline.Baseline, error) {
	text, err := s.Open(ctx, branch, f.Entry)
	if err != nil {
		return nil, err
	}
	return baseline.Read(bytes.NewReader(text), fmt.Sprintf("of %.7s", f.Commit))
}

// belongs returns why a baseline is not what it was found as.
func (j *Job) belongs(b *baseline.Baseline, f baseline.Found, branch string) error {
	switch {
	// A cache or an artifact may lie under the same name in another repository, on
	// another branch, or be put there by hand. A number compared with a stranger's is
	// a verdict about nothing.
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
	// A change is compared with where it left its base, not with the base's newest
	// commit: what others merged since is not its doing.
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
