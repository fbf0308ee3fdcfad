package cli

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"os"
	"slices"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/git"
)

// TargetFlags name the repository, the commit and the pull request. Each is
// known from the CI or the checkout; a flag overrides it.
type TargetFlags struct {
	Provider     string `placeholder:"NAME" help:"Where the repository is hosted: gh, ghe, gl, gle, bb, bbe, azuredevops or gitea."`
	ForgeWeb     string `name:"provider-url" placeholder:"URL" help:"Web address of the provider, if it is not its public one."`
	Organization string `placeholder:"NAME" help:"Organization, group or workspace of the repository."`
	Repository   string `placeholder:"NAME" help:"Repository, as NAME or OWNER/NAME."`
	Commit       string `placeholder:"SHA" help:"Commit to report on. On a pull request this is its head, never the merge commit."`
	Branch       string `placeholder:"NAME" help:"Branch of the commit."`
	PullRequest  int    `placeholder:"N" help:"Number of the pull request."`
}

// checkout is the work tree the command runs in, or nil outside git.
func (a *App) checkout(ctx context.Context) (*git.Repo, error) {
	repo, err := git.Open(ctx, a.Dir)
	if errors.Is(err, git.ErrNoRepository) {
		return nil, nil
	}
	return repo, err
}

// detect says what the CI and the checkout tell, without any flag.
func (a *App) detect(ctx context.Context, repo *git.Repo) (ci.Run, error) {
	return ci.Detect(ctx, ci.Source{Getenv: a.Getenv, ReadFile: os.ReadFile, Repo: repo})
}

// resolve is the run that the command is about: the CI's word, then the
// Codacy reporter's own variables, then the flags.
func (f TargetFlags) resolve(ctx context.Context, a *App) (ci.Run, *git.Repo, error) {
	run, repo, err := f.resolveAll(ctx, a)
	for _, field := range slices.Sorted(maps.Keys(run.Origin)) {
		a.Debugf("%s is read from %s", field, run.Origin[field])
	}
	a.Debugf("run: system %s, repository %s on %s, commit %s, branch %s, pull request %d, base %s %s, event %s",
		run.System, run.FullName(), run.Forge, run.Commit, run.Branch, run.PullRequest, run.BaseCommit, run.BaseBranch, run.Event)
	if ctx.Err() != nil {
		// Whatever git was asked last, what was missing is time, not the commit.
		return run, repo, fault.Errorf(fault.Timeout, "look at the checkout: %w", ctx.Err())
	}
	return run, repo, err
}

func (f TargetFlags) resolveAll(ctx context.Context, a *App) (ci.Run, *git.Repo, error) {
	repo, err := a.checkout(ctx)
	if err != nil {
		return ci.Run{}, nil, err
	}
	run, err := a.detect(ctx, repo)
	if err != nil && f.Commit == "" {
		return run, repo, err
	}
	run, err = run.Override(ctx, a.vendorRepository(), repo)
	if err != nil {
		return run, repo, err
	}
	run, err = run.Override(ctx, ci.Overrides{
		Forge: f.Provider, ForgeURL: f.ForgeWeb, Owner: f.Organization, Name: f.Repository,
		Commit: f.Commit, Branch: f.Branch, PullRequest: f.PullRequest,
	}, repo)
	if err == nil && run.Forge == "" && run.Owner != "" {
		// Most are there; where it is wrong, the service answers that it knows no
		// such repository, and its hint names --provider.
		run.Forge, run.Origin["forge"] = "github", "default"
	}
	return run, repo, err
}

// vendorRepository is the repository that a service's own tools are told of by
// variables.
func (a *App) vendorRepository() ci.Overrides {
	var o ci.Overrides
	for _, s := range services() {
		v := s.Repository
		o.Forge, o.Owner, o.Name = cmp.Or(o.Forge, a.Env(v.Forge)), cmp.Or(o.Owner, a.Env(v.Owner)), cmp.Or(o.Name, a.Env(v.Name))
	}
	return o
}
