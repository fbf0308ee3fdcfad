package job

import (
	"cmp"
	"context"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/pack"
	"github.com/gatewright/gatewright/internal/reports"
)

// pack collects the facts as for a verdict, and writes them into a file in
// place of judging: for a job that has no secrets, or is not to have any.
func (j *Job) pack(ctx context.Context) error {
	// The other job comments and sets the status: it has the token, and the verdict.
	j.Publish.Comment, j.Publish.Status, j.Publish.Statuses = Never, false, nil
	if err := j.bookable(); err != nil {
		return err
	}
	if err := j.readChange(ctx); err != nil {
		return err
	}
	read, err := j.readReports(ctx, j.changed())
	if err != nil {
		return err
	}
	read.SayLeftOut(j.Console)
	// From here on as in a verdict, so that both jobs see the same.
	j.read = &read
	if err := j.judgeReports(ctx); err != nil {
		return err
	}
	if err := j.readFindings(ctx); err != nil {
		return err
	}
	p := pack.Pack{Run: pack.RunOf(j.run), Reports: read.Whole("", ""), Change: j.change, Merged: j.merged}
	// Why there is no change goes with the pack: the job that judges has no checkout
	// to ask again, and must not take "not known" for "nothing changed".
	if j.change == nil && !j.facts.NoChange {
		p.NoChange.Reason, p.NoChange.Hint = j.facts.Patch.Why, j.facts.Patch.Hint
	}
	// Half a diff would be judged as a whole one there.
	if j.change != nil && j.change.Cut {
		p.Change, p.NoChange.Reason = nil, j.facts.Patch.Why
	}
	p.NoTotal.Reason, p.NoTotal.Hint = j.facts.Report.Why, j.facts.Report.Hint
	if p.Change != nil {
		p.NoPatch.Reason, p.NoPatch.Hint = j.facts.Patch.Why, j.facts.Patch.Hint
	}
	if j.page.Findings != nil {
		set := j.tools
		set.Findings, set.Unmatched = j.page.Findings.Items, j.facts.Unmatched
		p.Findings = &set
	}
	if n := p.Unmoved(); n > 0 {
		j.Console.Warn("the base has changed more than a pack has room for: lines of %s stay those of the merge", console.Count(n, "file"))
	}
	if err := j.Console.WriteFile(j.PackTo, p.Write); err != nil {
		return err
	}
	j.Console.Say("packed %s for %.10s into %s", console.Count(len(read.Files), "report"), j.run.Commit, j.PackTo)
	return nil
}

// unpack takes the facts from the pack that another job wrote, once it is sure
// that it is of this run's commit.
func (j *Job) unpack() error {
	f, err := input.Open(j.Console.Path(j.Facts.From))
	if err != nil {
		return fault.WithHint(fault.Errorf(fault.Input, "pack: %w", err), "download the artifact that the first job uploaded, and name the file in it")
	}
	defer f.Close()
	p, err := pack.Read(f, j.Facts.From)
	err = formats.Unquoted(j.Console.Path(j.Facts.From), err)
	// A pack is written by a job that runs the pull request's own code. What it says
	// of the run is compared with what the event and the forge say.
	if err == nil {
		err = p.Verify(j.run)
	}
	if err != nil {
		return fault.Mistake(err)
	}
	j.packed, j.change, j.merged, j.read = &p, p.Change, p.Merged, reports.Of(p.Reports)
	return nil
}

// packedChange is readChange of a pack.
func (j *Job) packedChange() {
	switch {
	case j.change != nil:
	case j.packed.NoChange.Reason == "" && !j.run.Proposed():
		j.facts.NoChange = true
		j.facts.Patch = gate.Missing[*coverage.Patch]("no pull request", "")
	default:
		why := cmp.Or(j.packed.NoChange.Reason, "the pack has no changed lines: the job that wrote it was no pull request's")
		j.facts.Patch = gate.Missing[*coverage.Patch](why, j.packed.NoChange.Hint)
	}
}

// gaps takes over from the pack what of its coverage is not known. A number that is
// not known is not shown either, and no output.
func (j *Job) gaps() {
	if p := j.packed; p != nil && p.NoTotal.Reason != "" {
		j.facts.Report = gate.Missing[*coverage.Report](p.NoTotal.Reason, p.NoTotal.Hint)
	}
	if p := j.packed; p != nil && p.NoPatch.Reason != "" {
		j.facts.Patch = gate.Missing[*coverage.Patch](p.NoPatch.Reason, p.NoPatch.Hint)
	}
	if !j.facts.Report.Known() {
		j.page.Coverage = nil
	}
	if !j.facts.Patch.Known() && j.change != nil && !j.change.Cut {
		j.page.Patch = nil
	}
}
