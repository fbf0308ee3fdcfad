// Package job is the work of one CI run, whoever asked for it: read the facts,
// do the steps (coverage, scan, gate), judge, publish once, and only then
// return the error that makes the run red. The commands gate, scan and coverage
// upload and the CI packages fill a Job and do nothing else.
package job

import (
	"cmp"
	"context"
	"slices"

	"github.com/gatewright/gatewright/internal/baseline"
	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/pack"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Step is one thing a job does, in the order it is listed.
type Step string

// The steps.
const (
	CoverageStep Step = "coverage" // read the reports and upload them
	ScanStep     Step = "scan"     // run the service's analysis
	GateStep     Step = "gate"     // judge by the services and by the project's own rules
)

// Job is one CI run. Its parts are what the user asked for; Sources is how it
// reaches what lies outside.
type Job struct {
	Console *console.Console
	Sources Sources

	Steps      []Step // empty: what the service can do of coverage (or scan) and gate
	Local      bool   // no service is asked
	FailOnGate bool   // a failed gate is an error
	Reports    reports.Flags
	Upload     Upload
	Scan       Scan
	Rules      Rules
	Facts      Facts
	Wait       Wait
	Tolerance  Tolerance
	Publish    Publish

	// Answer returns what --output json prints; nil prints the page.
	Answer func(*Job) any
	// PackTo is a file to hand the facts over in, for another job to judge:
	// nothing is sent, and no step is done.
	PackTo string
	// Named is the service that the user named; "" leaves the choice to tokens
	// and rules.
	Named string

	reported bool // reports were named for this very run
	run      ci.Run
	repo     *git.Repo
	main     *Service // of the coverage and scan steps; nil without one
	page     summary.Page
	project  gate.Config // what the project's file says
	rules    gate.Rules
	facts    gate.Facts
	change   *diff.Change
	merged   diff.Change       // what the base changed in the merge that is checked out
	looked   bool              // for it
	found    *summary.Findings // the page's, their lines those of what was scanned; nil before they are shown
	packed   *pack.Pack        // the facts come from it; nil if they are this job's own
	read     *reports.Set      // what the coverage step read; nil without one
	receipt  service.Receipt
	scanned  service.ScanResult
	tools    finding.Set        // which tools ran, without what they found
	old      *baseline.Baseline // what an earlier run kept; nil if it is not known, or a mere report
	shifts   baseline.Shifts
	// keptFile is the file that the CI is to take up as an artifact; "" without one.
	keptFile string
	// foreign says that what was measured here is not the commit's: it is shown, and is
	// no output, status, insight, badge or history of it.
	foreign bool
	skipped error              // why no service was asked in a run that may do without
	waived  []gate.ServiceRule // rules that are not judged then
}

// Do does the job: steps, verdict, publishing, and then the error that makes
// the run red, if there is one.
func (j *Job) Do(ctx context.Context) error {
	if err := j.Wait.Check(); err != nil {
		return j.Refuse(ctx, err)
	}
	return j.end(ctx, j.work(ctx))
}

// Refuse publishes why the job could not begin, and returns err if that makes
// the run red.
func (j *Job) Refuse(ctx context.Context, err error) error { return j.end(ctx, fault.Mistake(err)) }

// work does the steps and judges. What a service could not do does not keep
// the project's own rules from being judged.
func (j *Job) work(ctx context.Context) error {
	// The project's file comes before anything is asked: a mistake in it must not
	// cost an upload, nor be found after one.
	if err := j.begin(ctx); err != nil {
		return err
	}
	if j.PackTo != "" {
		return j.pack(ctx)
	}
	var err error
	if j.Facts.From != "" {
		if err = j.unpack(); err != nil {
			return err
		}
	}
	// Rules come before the service is opened, which depends on whether they alone
	// are enough. A command that only uploads or scans does not read them: what is
	// wrong with a rule is no reason not to send.
	if j.asks(GateStep) || len(j.Steps) == 0 || j.Rules.given() {
		if j.rules, err = j.Rules.Over(j.project, j.Sources.Known); err != nil {
			return fault.Mistake(err)
		}
	}
	if j.Local && j.rules.Empty() {
		return fault.Mistake(fault.WithHint(fault.Errorf(fault.Input, "no rule to judge by"), "write %s, or set one with a flag such as --min-total 80", gate.ConfigFile))
	}
	if err := j.open(); err != nil {
		return err
	}
	if j.skipped != nil && j.rules.Empty() {
		return nil
	}
	steps := j.steps()
	// One deadline for all steps: who sets a timeout means the job. Judging is local
	// and has ctx itself, so that what was received in time is still judged.
	asking, cancel := context.WithTimeout(ctx, j.Wait.Timeout)
	defer cancel()
	trouble := j.each(asking, steps)
	if trouble != nil && slices.Contains(steps, CoverageStep) && j.read == nil && j.main != nil {
		return trouble // no reports: judging would stumble over them again
	}
	if j.Answer == nil || j.read != nil { // gatewright scan shows what was found, new or old
		if err := j.judge(ctx); err != nil { // without rules it only completes the page
			return cmp.Or(trouble, err)
		}
	}
	// Exit code 1 says what to look at; that a service could not be used besides is
	// on the page.
	if err := failedGate(j.page, j.FailOnGate); err != nil {
		if trouble != nil {
			j.note("%s", fault.Text(trouble))
		}
		return err // the verdict decides the exit code
	}
	return trouble
}

// begin finds out what the run is about, and what the project's file says of it.
func (j *Job) begin(ctx context.Context) (err error) {
	if j.run, j.repo, err = j.Sources.Locate(ctx); err != nil {
		return fault.Mistake(err)
	}
	j.page = PageOf(j.run, j.Sources.SourceURL)
	return fault.Mistake(j.settings())
}

// settings reads what the project's file says, and what the user says beside it.
func (j *Job) settings() (err error) {
	if j.project, err = reports.Project(j.Console, j.repo, j.Rules.Config); err != nil {
		return err
	}
	if judges := len(j.Steps) == 0 || j.asks(GateStep); judges && j.Rules.Config == "" {
		if err := reports.Stray(j.Console, j.repo); err != nil {
			return err
		}
	}
	return j.apply(j.project.Settings)
}

// asks reports whether the user asked for the step.
func (j *Job) asks(s Step) bool { return slices.Contains(j.Steps, s) }

// onlyGate reports whether all that was asked for is a verdict, for which the
// project's own rules may be enough.
func (j *Job) onlyGate() bool { return len(j.Steps) == 1 && j.asks(GateStep) }

// open opens the job's service before anything is done. Without a token, a run
// that may have none goes on with what needs no service, and so does a verdict
// for which there are rules.
func (j *Job) open() error {
	// A gate that requires services needs each one's own token, and the one that
	// happens to be set is not asked beside them.
	if j.Local || j.onlyGate() && j.Named == "" && len(j.rules.Services) > 0 {
		return nil // those that the rules require are opened one by one
	}
	if err := j.Sources.Known(j.Named); err != nil && j.Named != "" {
		return fault.Mistake(err) // no service that is down
	}
	var err error
	j.main, err = j.Sources.Service("")
	switch {
	case !service.IsNoToken(err):
		return fault.Mistake(err)
	case j.Tolerance.skips(j.run) && (j.asksService() || j.rules.Empty()):
		j.skipped, j.waived, j.rules.Services = err, j.rules.Services, nil
		return nil
	case !j.rules.Empty() && !j.asksService():
		j.Console.Say("no service is asked: %s", err)
		return nil
	}
	return err
}

// asksService reports whether the user asked for a service: by its name, by
// steps that need one, or by a rule. Without that, rules are enough for a job.
func (j *Job) asksService() bool {
	return j.Named != "" || len(j.Steps) > 0 && !j.onlyGate() || len(j.rules.Services) > 0
}

// steps are those that were asked for, or those of coverage and gate that the
// service can do.
func (j *Job) steps() []Step {
	if len(j.Steps) > 0 {
		return j.Steps
	}
	if j.main == nil {
		return []Step{GateStep}
	}
	var out []Step
	// A service that takes coverage is not made to scan as well: a scan may cost
	// minutes and money, and is asked for by name.
	if _, ok := j.main.Client.(service.CoverageUploader); ok {
		out = append(out, CoverageStep)
	} else if _, ok := j.main.Client.(service.Scanner); ok {
		out = append(out, ScanStep)
	}
	if _, ok := j.main.Client.(service.Judge); ok {
		out = append(out, GateStep)
	}
	return out
}

// each does the steps in their order, up to the first that fails. Without a
// service only the gate's is left.
func (j *Job) each(ctx context.Context, steps []Step) error {
	for _, s := range steps {
		do := j.askServices
		switch {
		case s == CoverageStep && j.main != nil:
			do = j.sendCoverage
		case s == ScanStep && j.main != nil:
			do = j.scan
		case s != GateStep || j.skipped != nil:
			continue
		}
		// A group is ended even after a failure: the log of one that stays open is
		// folded away with it.
		end := j.Console.CI.Group("Gatewright: " + string(s))
		err := do(ctx)
		end()
		if err != nil {
			return err
		}
	}
	return nil
}
