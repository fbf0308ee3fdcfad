package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Target returns what services need to know of a run. Where nothing names the
// forge it is GitHub, as in the vendors' own clients.
func Target(run ci.Run) service.Target {
	if run.Forge == "" && run.Owner != "" {
		run.Forge = ci.UsualForge
	}
	return service.Target{Repo: run.Repo, Commit: run.Commit, FromFork: run.FromFork, Branch: run.PublicBranch(), PullRequest: run.PullRequest}
}

// NeedCommit returns an error where no commit is known.
func NeedCommit(run ci.Run) error {
	if run.Commit != "" {
		return nil
	}
	why := run.NoCommit
	if why.Reason == "" {
		why = ci.Missing{Reason: "no CI variable names one and this is no git checkout", Hint: "name it with --commit"}
	}
	return fault.WithHint(fault.Errorf(fault.Input, "no commit: %s", why.Reason), "%s", why.Hint)
}

// needRepository returns an error where no repository is known.
func needRepository(run ci.Run) error {
	if run.Known() {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Input, "which repository? No CI variable names one, and this is no checkout of one"),
		"name it with --repository OWNER/NAME")
}

// PageOf returns the page of a run on which nothing is said yet. sourceURL may
// be nil.
func PageOf(run ci.Run, sourceURL func(ci.Run) string) summary.Page {
	var p summary.Page
	if run.Owner != "" {
		p.Run.Repository = run.Owner + "/" + run.Name
	}
	if sourceURL != nil {
		p.Run.SourceURL = sourceURL(run)
	}
	// Unknown facts stay empty: a page shows what is known and no more.
	p.Run.Commit, p.Run.Branch, p.Run.PullRequest, p.Run.URL = run.Commit, run.Branch, run.PullRequest, run.RunURL
	return p
}

// askServices puts the services' verdicts on the page: those that the rules
// require, and the one of the job.
func (j *Job) askServices(ctx context.Context) error {
	if j.main != nil {
		if err := j.askService(ctx, j.main); err != nil {
			return err
		}
	}
	// Who names a service asks that one alone.
	if j.Local || j.Named != "" {
		return nil
	}
	for _, s := range j.rules.Services {
		if j.main != nil && j.main.Name == s.Service {
			continue
		}
		opened, err := j.Sources.Service(s.Service)
		// The rule finds no verdict then and decides, as missing data, on its own.
		if service.IsNoToken(err) {
			j.Console.Say("%s is not asked: %s", s.Service, err)
			continue
		}
		if err == nil {
			err = j.askService(ctx, opened)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// askService waits for one service's verdict. A token of a kind that may not
// ask for one, such as Codacy's repository token on a private repository,
// uploads all the same: where nobody asked for the gate, that is said and not
// an error.
func (j *Job) askService(ctx context.Context, s *Service) error {
	s, err := s.Account()
	if err != nil {
		return err
	}
	judge, err := capability[service.Judge](s, service.GiveVerdicts)
	if err != nil {
		return err
	}
	if err := needRepository(j.run); err != nil {
		return err
	}
	// The service knows a pull request's head by itself.
	if j.run.PullRequest == 0 {
		if err := NeedCommit(j.run); err != nil {
			return err
		}
	}
	v, err := judge.Judge(ctx, Target(j.run), j.Wait.wait(j.Console))
	// Only where the steps were chosen by what the service can do: who asks for the
	// gate and cannot have it must not get a green job.
	var kind *service.KindError
	if errors.As(err, &kind) && len(j.Steps) == 0 {
		j.warn("The gate was not judged: " + fault.Hint(err))
		return nil
	}
	if err != nil {
		return err
	}
	if v.Outcome == service.None { // which is no failure, and must not look like a pass
		j.warn(nothingJudged(s.Title, v))
	}
	j.page.Services = append(j.page.Services, v)
	j.page.Outcome = gate.Combine(j.page.Rules, j.page.Services).Outcome
	if v.URL != "" {
		j.page.Links = append(j.page.Links, summary.Link{Text: v.Service, URL: v.URL})
	}
	return nil
}

// nothingJudged says that a service came to no verdict, and why if it says so.
func nothingJudged(title string, v service.Verdict) string {
	if len(v.Conditions) == 0 {
		return title + " has no gate to judge by: nothing was judged"
	}
	c := v.Conditions[0]
	return title + " judged nothing: " + cmp.Or(c.Why, c.Name)
}

// warn says something on the page and as the CI's warning.
func (j *Job) warn(text string) {
	j.note("%s", text)
	j.Console.CI.Annotate(console.Annotation{Level: console.Warning, Title: "Gatewright", Message: j.Console.Redact.Clean(text)})
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
	// A service that ends without a verdict has found nothing out.
	case service.Unknown:
		return fault.WithHint(fault.Errorf(fault.Gate, "the service finished without a verdict"),
			"look at its page; --fail-on-gate=false lets this pass")
	default:
		return nil
	}
}

// failed lists the conditions that were not met, of a verdict that is no pass.
func failed(p summary.Page) []service.Condition {
	if !p.Red() {
		return nil
	}
	all := slices.Clone(p.Rules)
	for _, v := range p.Services {
		all = append(all, v.All()...)
	}
	return slices.DeleteFunc(all, func(c service.Condition) bool { return c.Result != service.Failed })
}

// failures names the conditions that were not met.
func failures(p summary.Page) string {
	var names []string
	for _, c := range failed(p) {
		if c.Actual != "" && c.Wanted != "" {
			c.Name += fmt.Sprintf(" (%s, wanted %s)", c.Actual, c.Wanted)
		}
		names = append(names, c.Name)
	}
	return summary.Plain(cmp.Or(strings.Join(names, ", "), "see above"), 400)
}
