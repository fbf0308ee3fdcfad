package cli

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/service"
)

// tokenGroup is about the tokens that a service issues.
type tokenGroup struct {
	List   tokenListCmd   `cmd:"" help:"List the tokens of a repository or an account."`
	Create tokenCreateCmd `cmd:"" help:"Create a token and write it where it was told to."`
	Revoke tokenRevokeCmd `cmd:"" help:"Revoke tokens by their ids."`
	Rotate tokenRotateCmd `cmd:"" help:"Create a successor, write it, and then revoke the old token."`
	Check  tokenCheckCmd  `cmd:"" help:"Say whose token this is, what it may do and when it expires."`
}

// ScopeFlags say whose tokens are meant.
type ScopeFlags struct {
	Provider     string `placeholder:"NAME" help:"Where the repository is hosted: gh, ghe, gl, gle, bb, bbe, azuredevops or gitea."`
	Organization string `placeholder:"NAME" help:"Organization, group or workspace of the repository."`
	Repository   string `aliases:"repo" placeholder:"NAME" help:"Repository, as NAME or OWNER/NAME. Known from the CI or the checkout."`
	Account      bool   `help:"The account's own tokens, not those of a repository (Codacy)."`
}

// scope finds out whose tokens are meant: the flags' repository, or the CI's or
// the checkout's. Where there is neither it is the account or the tenant, for
// services that know no other; the rest ask for a repository themselves.
func (f ScopeFlags) scope(ctx context.Context, a *connect.To) (service.Scope, error) {
	if f.Account {
		if f.Repository != "" {
			return service.Scope{}, fault.Errorf(fault.Input, "--account and --repository say different things; choose one")
		}
		return service.Scope{}, nil
	}
	repo, err := a.Checkout(ctx)
	if err != nil {
		return service.Scope{}, err
	}
	run, err := a.Detect(ctx, repo)
	if err != nil {
		run = ci.Run{} // a token needs no commit; whatever is missing is asked for below
	}
	for _, o := range []ci.Overrides{
		a.VendorRepository(),
		{Forge: f.Provider, Owner: f.Organization, Name: f.Repository},
	} {
		if run, err = run.Override(ctx, o, repo); err != nil {
			return service.Scope{}, err
		}
	}
	return job.Target(run).Repo, nil
}

// repositoryScope is scope for what must not hit the whole account by mistake:
// at a service that has tokens for repositories, one must be known.
func (f ScopeFlags) repositoryScope(ctx context.Context, a *connect.To, o *connect.Service) (service.Scope, error) {
	s, err := f.scope(ctx, a)
	if err != nil || f.Account || !o.Issue.Scoped || s.Name != "" {
		return s, err
	}
	return s, fault.WithHint(fault.Errorf(fault.Input, "no repository: the folder is no checkout of one and no flag names it"),
		"name it with --repository OWNER/NAME and --provider, or say --account for the account's own tokens")
}

// expiry reads when a token is to end: after some days (30d) or hours (12h), on
// a date (2027-01-01) or at a time (RFC 3339). The zero time is for "".
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.Parse(time.DateOnly, text)
	}
	if err != nil {
		var life fleet.Span
		if err = life.UnmarshalText([]byte(text)); err == nil {
			at = now.Add(time.Duration(life))
		}
	}
	switch {
	case err != nil:
		return at, fault.WithHint(fault.Errorf(fault.Input, "--expires %q is neither a time to live nor a date", text), "write it as 30d, 12h or 2027-01-01")
	case !at.After(now):
		return at, fault.Errorf(fault.Input, "--expires %s is in the past", text)
	}
	return at.UTC().Truncate(time.Second), nil
}
