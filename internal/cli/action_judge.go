package cli

import (
	"context"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/summary"
)

// ownRules are the project's own, if the gate is one of the steps.
func (s *step) ownRules() (gate.Rules, error) {
	if !slices.Contains(s.steps(), "gate") {
		return gate.Rules{}, nil
	}
	return RuleFlags{Config: s.in.Config}.rules(s.app, s.repo)
}

// judgeLocally puts the verdict by the project's own rules beside the
// service's, and works out the coverage of the changed lines.
func (s *step) judgeLocally(ctx context.Context, rules gate.Rules) error {
	j := &localJudge{app: s.app, rules: rules, run: s.run, repo: s.repo, page: s.page, mustRead: s.read != nil}
	if s.page.Findings == nil {
		j.flags.Findings = s.in.Sarif
	}
	j.read = func(also []string) (reports, error) {
		if s.read != nil {
			return *s.read, nil
		}
		f := s.reports()
		f.Also = also
		return f.readFor(ctx, s.app, s.run, s.repo)
	}
	return j.judge(ctx)
}

// withoutService judges a run that has no token, such as a pull request from a
// fork, by the rules that need no service.
func (s *step) withoutService(ctx context.Context) error {
	if len(s.in.Steps) > 0 && !slices.Contains(s.in.Steps, "gate") {
		return nil
	}
	rules, err := RuleFlags{Config: s.in.Config}.rules(s.app, s.repo)
	if err != nil {
		return err
	}
	if rules.Services = nil; rules.Empty() {
		return nil
	}
	if err := s.judgeLocally(ctx, rules); err != nil {
		return err
	}
	return failedGate(s.page.Page, s.in.FailOnGate)
}

// comment keeps one comment on the pull request. The verdict stands without
// it, so a comment that cannot be written is told and fails nothing.
func (s *step) comment(ctx context.Context, p summary.Page) {
	if !s.in.Comment || s.skipped != "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute) // the step's own time may be up
	defer cancel()
	f := PublishFlags{Comment: true, ForgeFlags: ForgeFlags{ForgeToken: s.in.ForgeToken}}
	if err := f.forge(ctx, s.app, s.run, p); err != nil {
		text := s.app.Redact.Clean("no comment: " + err.Error())
		if !s.app.CI.Annotate(console.Annotation{Level: console.Warning, Title: "Gatewright", Message: text}) {
			s.app.warn("%s", text)
		}
	}
}
