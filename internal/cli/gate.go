package cli

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

type gateCmd struct {
	ServiceFlags
	TargetFlags
	WaitFlags
	ToleranceFlags
	FailOnGate bool `default:"true" negatable:"" help:"Exit 1 when a gate fails. With --fail-on-gate=false the verdict is only shown."`
}

// Help is shown by gatewright gate --help.
func (gateCmd) Help() string {
	return `Waits for the service's verdict on the pull request (without one: on the commit) and shows it.

  CODACY_API_TOKEN=… gatewright gate --pull-request 7
  CODEANT_API_TOKEN=… gatewright gate --timeout 5m

Exit codes: 0 passed or nothing to judge by; 1 failed; 5 no verdict in time, which is never a pass.`
}

func (c gateCmd) Run(ctx context.Context, a *App) error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, cancel := c.bound(ctx)
	defer cancel()
	run, _, err := c.resolve(ctx, a)
	if err != nil {
		return err
	}
	verdict, err := a.judge(ctx, c.ServiceFlags, run, c.wait(a))
	if err != nil {
		return c.settle(a, err)
	}
	page := pageOf(run)
	page.judged(verdict)
	if err := a.show(page.Page); err != nil {
		return err
	}
	return failedGate(page.Page, c.FailOnGate)
}

// judge asks the service for its verdict.
func (a *App) judge(ctx context.Context, f ServiceFlags, run ci.Run, w service.Wait) (service.Verdict, error) {
	o, err := a.openPublicService(f)
	if err != nil {
		return service.Verdict{}, err
	}
	return a.judgeAt(ctx, o, run, w)
}

// judgeAt asks an opened service.
func (a *App) judgeAt(ctx context.Context, o *openedService, run ci.Run, w service.Wait) (service.Verdict, error) {
	judge, err := able[service.Judge](o, "judge")
	if err != nil {
		return service.Verdict{}, err
	}
	if run.PullRequest == 0 {
		if err := needCommit(run); err != nil {
			return service.Verdict{}, err
		}
	}
	return judge.Judge(ctx, target(run), w)
}

// page collects what the steps of one run have to tell.
type page struct{ summary.Page }

func pageOf(run ci.Run) *page {
	p := &page{}
	if run.Owner != "" {
		p.Run.Repository = run.Owner + "/" + run.Name
	}
	p.Run.Commit, p.Run.Branch, p.Run.PullRequest, p.Run.URL = run.Commit, run.Branch, run.PullRequest, run.RunURL
	return p
}

// judged adds a service's verdict to what was judged so far.
func (p *page) judged(v service.Verdict) {
	p.Services = append(p.Services, v)
	p.Outcome = gate.Combine(p.Rules, p.Services).Outcome
	if v.URL != "" {
		p.Links = append(p.Links, summary.Link{Text: v.Service, URL: v.URL})
	}
}

// show prints the page on stdout in the form that was asked for.
func (a *App) show(p summary.Page) error {
	if a.JSON {
		return a.printJSON(p)
	}
	return summary.Terminal(a.Stdout, p, summary.TerminalOptions{Color: a.color()})
}

// failedGate is the error of a verdict that is not a pass. Finishing without
// saying what was found is not a pass either.
func failedGate(p summary.Page, fail bool) error {
	if !fail {
		return nil
	}
	switch p.Outcome {
	case service.Failed:
		return fault.Errorf(fault.Gate, "the gate failed: %s", failures(p))
	case service.Unknown:
		return fault.WithHint(fault.Errorf(fault.Gate, "the service finished without a verdict"),
			"look at its page; --fail-on-gate=false lets this pass")
	default:
		return nil
	}
}

// failures names the conditions that were not met.
func failures(p summary.Page) string {
	var names string
	add := func(c service.Condition) {
		if c.Result != service.Failed {
			return
		}
		if names != "" {
			names += ", "
		}
		names += c.Name
		if c.Actual != "" && c.Wanted != "" {
			names += fmt.Sprintf(" (%s, wanted %s)", c.Actual, c.Wanted)
		}
	}
	for _, c := range p.Rules {
		add(c)
	}
	for _, v := range p.Services {
		for _, c := range v.Conditions {
			add(c)
		}
	}
	if names == "" {
		return "see above"
	}
	return summary.Plain(names, 400)
}
