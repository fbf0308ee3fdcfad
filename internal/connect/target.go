package connect

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/input"
)

// TargetFlags name the repository, the commit and the pull request. Each is
// known from the CI or the checkout; a flag overrides it.
type TargetFlags struct {
	Provider     string `placeholder:"NAME" help:"Where the repository is hosted: gh, ghe, gl, gle, bb, bbe, azuredevops or gitea."`
	ForgeWeb     string `name:"provider-url" placeholder:"URL" help:"Web address of the provider, if it is not its public one."`
	Organization string `placeholder:"NAME" help:"Organization, group or workspace of the repository."`
	Repository   string `aliases:"repo" placeholder:"NAME" help:"Repository, as NAME or OWNER/NAME."`
	Commit       string `placeholder:"SHA" help:"Commit to report on. On a pull request this is its head, never the merge commit."`
	Branch       string `placeholder:"NAME" help:"Branch of the commit."`
	PullRequest  int    `type:"pull" placeholder:"N" help:"Number of the pull request."`

	// Asking is how the forge is asked for a pull request that the CI does not name.
	Asking ForgeFlags `kong:"-"`
}

// Checkout is the work tree the command runs in, or nil outside git.
func (a *To) Checkout(ctx context.Context) (*git.Repo, error) {
	repo, err := git.Open(ctx, a.Dir)
	if errors.Is(err, git.ErrNoRepository) {
		a.sayUnread(err)
		return nil, nil
	}
	return repo, err
}

// sayUnread says why a checkout that is there cannot be read.
func (a *To) sayUnread(err error) {
	if err != nil && err != git.ErrNoRepository { //nolint:errorlint // with a cause, it is more than that none is there
		a.Say("%s", err)
	}
}

// Detect says what the CI and the checkout tell, without any flag.
func (a *To) Detect(ctx context.Context, repo *git.Repo) (ci.Run, error) {
	return ci.Detect(ctx, ci.Source{Getenv: a.Getenv, ReadFile: input.Read, Repo: repo})
}

// Resolve is the run that the command is about: the CI's word, then the
// Codacy reporter's own variables, then the flags.
func (f TargetFlags) Resolve(ctx context.Context, a *To) (ci.Run, *git.Repo, error) {
	run, repo, err := f.resolveAll(ctx, a)
	for _, field := range slices.Sorted(maps.Keys(run.Origin)) {
		a.Debugf("%s is read from %s", field, run.Origin[field])
	}
	a.Debugf("run: system %s, repository %s on %s, commit %s, branch %s, pull request %d, base %s %s, event %s",
		run.System, run.FullName(), run.Forge, run.Commit, run.Branch, run.PullRequest, run.BaseCommit, run.BaseBranch, run.Event)
	if ctx.Err() != nil {
		// Whatever git was asked last, what was missing is time, not the commit.
		return run, repo, fault.Errorf(fault.Of(ctx.Err()), "look at the checkout: %w", ctx.Err())
	}
	return run, repo, err
}

func (f TargetFlags) resolveAll(ctx context.Context, a *To) (ci.Run, *git.Repo, error) {
	repo, cause := git.Open(ctx, a.Dir)
	if cause != nil && !errors.Is(cause, git.ErrNoRepository) {
		return ci.Run{}, nil, cause
	}
	a.sayUnread(cause)
	run, err := a.Detect(ctx, repo)
	if err == nil && cause == git.ErrNoRepository { //nolint:errorlint // with a cause, one is there
		if repo, err = run.Below(ctx, a.Path(".")); repo != nil {
			a.Say("no git checkout here; that of %s in %s is taken", run.FullName(), repo.Root)
			cause = nil
			run, err = a.Detect(ctx, repo)
		}
	}
	if err != nil && f.Commit == "" {
		return run, repo, err
	}
	run, err = run.Override(ctx, a.VendorRepository(), repo)
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
		run.Forge, run.Origin["forge"] = ci.UsualForge, "default"
	}
	if err != nil {
		return run, repo, err
	}
	run = a.seek(ctx, f.Asking, run).Settle(ctx, repo, cause)
	for _, doubt := range run.Doubts {
		a.Warn("%s", doubt)
	}
	return run, repo, nil
}

// seek asks the forge for the pull request that only it can name. Without a
// token, or without an answer, it stays missing, and why is said.
func (a *To) seek(ctx context.Context, f ForgeFlags, run ci.Run) ci.Run {
	if run.Sought == nil {
		return run
	}
	found, err := a.findPull(ctx, f, run)
	if err == nil {
		return run.Found(found, "the forge")
	}
	missing := &run.NoPullRequest
	if run.NoCommit.Reason != "" {
		missing = &run.NoCommit
	}
	missing.Reason += "; " + err.Error()
	missing.Hint = cmp.Or(fault.Hint(err), missing.Hint)
	a.Warn("the pull request is not known: %s", missing.Reason)
	return run
}

// findPull finds the open pull request whose head is the run's commit, or
// reads the one whose number is known.
func (a *To) findPull(ctx context.Context, f ForgeFlags, run ci.Run) (ci.Pull, error) {
	o, err := a.OpenForge(f, WriteFlags{}, run, run.Owner)
	if err != nil {
		return ci.Pull{}, err
	}
	s := *run.Sought
	if s.Number == 0 {
		head := forge.Head{Owner: s.Owner, Branch: s.Branch, Commit: run.Commit}
		if s.Number, err = o.Client.FindPullRequest(ctx, run.Owner, run.Name, head); err != nil {
			return ci.Pull{}, err
		}
		if s.Number == 0 {
			return ci.Pull{}, fault.Errorf(fault.Input, "no open pull request has %.10s of %s:%s as its head", run.Commit, s.Owner, s.Branch)
		}
		if o.Client.Pulls == nil { // the base stays unknown
			return ci.Pull{Number: s.Number, Head: run.Commit, HeadOwner: s.Owner, HeadBranch: s.Branch}, nil
		}
	}
	if o.Client.Pulls == nil {
		return ci.Pull{}, fault.Errorf(fault.Input, "%s cannot be asked for it", o.Title)
	}
	p, err := o.Client.Pulls.Pull(ctx, forge.PullRequest{Owner: run.Owner, Repo: run.Name, Number: s.Number})
	return ci.Pull{
		Number: p.Number, Head: p.Head, HeadOwner: p.HeadOwner, HeadBranch: p.HeadBranch, Base: p.Base, BaseBranch: p.BaseBranch,
	}, err
}

// VendorRepository is the repository that a service's own tools are told of by
// variables.
func (a *To) VendorRepository() ci.Overrides {
	var o ci.Overrides
	for _, s := range a.Services {
		v := s.Repository
		o.Forge, o.Owner, o.Name = cmp.Or(o.Forge, a.Env(v.Forge)), cmp.Or(o.Owner, a.Env(v.Owner)), cmp.Or(o.Name, a.Env(v.Name))
	}
	return o
}
