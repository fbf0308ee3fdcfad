package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

type gateCmd struct {
	ReportFlags    `group:"Reports"`
	RuleFlags      `group:"Rules"`
	FactFlags      `group:"Facts"`
	ServiceFlags   `group:"Service and token"`
	TargetFlags    `group:"What it is about"`
	WaitFlags      `group:"Waiting"`
	ToleranceFlags `group:"Trouble"`
	PublishFlags   `group:"Where the result goes"`
	Local          bool `help:"Judge by the project's own rules only; no service is asked."`
	FailOnGate     bool `default:"true" negatable:"" help:"Exit 1 when a gate fails. With --fail-on-gate=false the verdict is only shown."`
}

// Help is shown by gatewright gate --help.
func (gateCmd) Help() string {
	return `Judges the pull request (without one: the commit) by the project's own rules in .gatewright.yml and by the flags, waits
for the service's verdict beside them, and gives one verdict.

  CODACY_API_TOKEN=… gatewright gate --pull-request 7
  CODEANT_API_TOKEN=… gatewright gate --timeout 5m
  gatewright gate --local --min-total 80 --min-patch 70
  gatewright gate --local --baseline main.json --max-drop 0.5 --findings 'out/*.sarif' --max-new high=0

The service is asked if a token for one is set. Without any token the project's own rules are enough, unless they
require a service. Missing data is never a pass, unless the rule says missing=pass.

Exit codes: 0 passed or nothing to judge by; 1 failed; 5 no verdict in time, which is never a pass.`
}

func (c gateCmd) Run(ctx context.Context, a *App) error {
	a.CommandsOnStdout()
	if err := c.check(); err != nil {
		return err
	}
	ctx, cancel := c.bound(ctx)
	defer cancel()
	run, repo, err := c.resolve(ctx, a)
	if err != nil {
		return err
	}
	rules, err := c.rules(a, repo)
	if err != nil {
		return err
	}
	if c.Local && rules.Empty() {
		return fault.WithHint(fault.Errorf(fault.Input, "no rule to judge by"), "write %s, or set one with a flag such as --min-total 80", gate.ConfigFile)
	}
	page := pageOf(run)
	trouble := c.askServices(ctx, a, rules, run, page)
	if trouble != nil && rules.Empty() {
		return c.settle(a, trouble)
	}
	judged, err := c.judgeLocally(ctx, a, rules, run, repo, page)
	if err != nil {
		return err
	}
	if trouble != nil {
		page.Notes = append(page.Notes, trouble.Error())
	}
	publishing := c.publish(ctx, a, run, &page.Page)
	if c.HTML != "" {
		publishing = errors.Join(publishing, judged.html(ctx, c.HTML))
	}
	if err := failedGate(page.Page, c.FailOnGate); err != nil {
		return errors.Join(err, publishing) // the verdict decides the exit code
	}
	return errors.Join(c.settle(a, trouble), publishing)
}

func (c gateCmd) judgeLocally(ctx context.Context, a *App, rules gate.Rules, run ci.Run, repo *git.Repo, page *page) (*localJudge, error) {
	j := &localJudge{app: a, flags: c.FactFlags, rules: rules, run: run, repo: repo, page: page, mustRead: len(c.Report) > 0, ignore: c.Ignore}
	j.read = func(also []string) (reports, error) {
		f := c.ReportFlags
		f.Also, f.Functions = also, true
		return f.readFor(ctx, a, run, repo)
	}
	return j, j.judge(ctx)
}

// askServices puts the services' verdicts on the page: those that the rules
// require, or the one whose token is set. Without any token the rules decide
// what that means.
func (c gateCmd) askServices(ctx context.Context, a *App, rules gate.Rules, run ci.Run, page *page) error {
	if c.Local {
		return nil
	}
	names := []string{c.Service}
	if c.Service == "" && len(rules.Services) > 0 {
		names = nil
		for _, s := range rules.Services {
			names = append(names, s.Service)
		}
	}
	for _, name := range names {
		f := c.ServiceFlags
		f.Service = name
		verdict, err := a.judge(ctx, f, run, c.wait(a))
		switch {
		case isNoToken(err) && !rules.Empty():
			a.say("no service is asked: %s", err)
		case err != nil:
			return err
		default:
			page.judged(verdict)
		}
	}
	return nil
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
	o, err := o.withToken(service.AccountToken)
	if err != nil {
		return service.Verdict{}, err
	}
	judge, err := able[service.Judge](o, service.GiveVerdicts)
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
	p.Run.SourceURL = sourceURL(run)
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
