package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/action"
	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/service"
)

type actionCmd struct{}

// Help is shown by gatewright action --help.
func (actionCmd) Help() string {
	var b strings.Builder
	b.WriteString("What the CI packages run. Reads INPUT_… variables, masks the token, does the steps, writes outputs and the\nrun's summary, then exits. Inputs:\n\n")
	for _, i := range action.Table() {
		fmt.Fprintf(&b, "  %-18s %s", i.Name, i.Help)
		if i.Default != "" {
			fmt.Fprintf(&b, " Default %s.", i.Default)
		}
		if len(i.Aliases) > 0 {
			fmt.Fprintf(&b, " Also: %s.", strings.Join(i.Aliases, ", "))
		}
		b.WriteString("\n")
	}
	return b.String()
}

func (actionCmd) Run(ctx context.Context, a *App) error {
	in, err := action.Read(a.Getenv)
	a.CommandsOnStdout()
	a.Hide(in.Token, in.ForgeToken) // before anything else is printed
	s := &step{app: a, in: in, page: &page{}, workspace: a.Dir}
	if err == nil {
		ctx, cancel := context.WithTimeout(ctx, in.Timeout)
		defer cancel()
		err = s.do(ctx)
	}
	return s.end(ctx, err)
}

// step is one run of the action: what it was told, and what came of it.
type step struct {
	app     *App
	in      action.Inputs
	run     ci.Run
	repo    *git.Repo
	service *openedService
	page    *page
	skipped string // why nothing was done
	receipt service.Receipt
	read    *reports // what the coverage step read; nil without one

	workspace string // where the step started, before working-directory
}

func (s *step) do(ctx context.Context) error {
	if s.in.Directory != "" {
		s.app.Dir = s.app.path(s.in.Directory)
	}
	var err error
	if s.run, s.repo, err = s.target().resolve(ctx, s.app); err != nil {
		return err
	}
	s.page = pageOf(s.run)
	s.service, err = s.app.openService(s.flags())
	if isNoToken(err) && s.maySkip() {
		s.skipped = err.Error()
		return s.withoutService(ctx)
	}
	if err != nil {
		return err
	}
	rules, err := s.ownRules()
	if err != nil {
		return err
	}
	for _, name := range s.steps() {
		end := s.app.CI.Group("Gatewright: " + name)
		err := s.one(ctx, name)
		end()
		if err != nil {
			return err
		}
	}
	if err := s.judgeLocally(ctx, rules); err != nil {
		return err
	}
	return failedGate(s.page.Page, s.in.FailOnGate)
}

func (s *step) one(ctx context.Context, name string) error {
	switch name {
	case "coverage":
		return s.coverage(ctx)
	case "scan":
		return s.scan(ctx)
	default:
		return s.gate(ctx)
	}
}

// gate waits for the service's verdict. A token of a kind that may not ask for
// one, such as Codacy's repository token on a private repository, uploads all
// the same: where nobody asked for the gate, that is said and not an error.
func (s *step) gate(ctx context.Context) error {
	v, err := s.app.judgeAt(ctx, s.service, s.run, s.wait())
	var kind *service.KindError
	switch {
	case err == nil:
		s.page.judged(v)
	case errors.As(err, &kind) && len(s.in.Steps) == 0:
		text := "The gate was not judged: " + fault.Hint(err)
		s.page.Notes = append(s.page.Notes, text)
		s.app.CI.Annotate(console.Annotation{Level: console.Warning, Title: "Gatewright", Message: text})
		return nil
	}
	return err
}

func (s *step) coverage(ctx context.Context) error {
	if err := needCommit(s.run); err != nil {
		return err
	}
	read, err := s.reports().readFor(ctx, s.app, s.run, s.repo)
	if err != nil {
		return err
	}
	s.page.covered(read)
	s.read = &read
	f := UploadFlags{Partial: s.in.Partial, Language: s.in.Language, Module: s.in.Module, ModulePath: s.in.ModulePath}
	s.receipt, err = s.app.upload(ctx, s.service, s.run, read, f, s.wait())
	if err == nil {
		s.app.say("coverage %s in %s", s.receipt.Status, count(s.receipt.Parts, "request"))
	}
	return err
}

func (s *step) scan(ctx context.Context) error {
	r := service.ScanRequest{Scanners: s.in.Scanners, Include: s.in.Include, Exclude: s.in.Exclude}
	if s.service.OwnResults { // it takes results; the others run their own tools
		var err error
		if r.Results, _, err = s.app.localResults(ctx, s.repo, s.in.Sarif, nil); err != nil {
			return err
		}
	}
	result, err := s.app.scanAt(ctx, s.service, s.run, r, s.wait())
	if result.Status != "" {
		s.page.scanned(result)
	}
	return err
}

// steps are those that were asked for, or those of coverage and gate that the
// service can do.
func (s *step) steps() []string {
	if len(s.in.Steps) > 0 {
		return s.in.Steps
	}
	var out []string
	if _, ok := s.service.Client.(service.CoverageUploader); ok {
		out = append(out, "coverage")
	} else if _, ok := s.service.Client.(service.Scanner); ok {
		out = append(out, "scan")
	}
	if _, ok := s.service.Client.(service.Judge); ok {
		out = append(out, "gate")
	}
	return out
}

// maySkip says whether a run without a token passes: forks and Dependabot are
// given no secrets, and a job must not be red for that.
func (s *step) maySkip() bool {
	switch s.in.SkipNoToken {
	case action.SkipAlways:
		return true
	case action.SkipForks:
		return s.run.SecretsWithheld
	default:
		return false
	}
}

func (s *step) wait() service.Wait {
	return WaitFlags{PollInterval: s.in.PollInterval}.wait(s.app)
}

func (s *step) target() TargetFlags {
	return TargetFlags{
		Provider: s.in.Provider, ForgeWeb: s.in.ForgeURL, Organization: s.in.Organization, Repository: s.in.Repository,
		Commit: s.in.Commit, Branch: s.in.Branch, PullRequest: s.in.PullRequest,
	}
}

func (s *step) flags() ServiceFlags {
	return ServiceFlags{
		Service: s.in.Service, BaseURL: s.in.BaseURL, InsecureHTTP: s.in.InsecureHTTP,
		Token: s.in.Token, TokenFrom: s.in.TokenFrom, TokenKind: s.in.TokenKind,
	}
}

func (s *step) reports() ReportFlags {
	return ReportFlags{
		Report: s.in.CoverageFiles, Format: s.in.Format, Root: s.in.Root, PathMap: s.in.PathMaps, Ignore: s.in.Ignore,
		Paths: "match",
	}
}
