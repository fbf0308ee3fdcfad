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

// TokenFlags say which service issues the tokens, and whose are meant.
type TokenFlags struct {
	connect.ServiceFlags `group:"Service and token"`
	ScopeFlags
}

// issuing opens the account's service as what the command needs of it, and finds
// out whose tokens are meant.
func issuing[T any](ctx context.Context, a *connect.To, f TokenFlags, what service.Ability) (o *connect.Service, by T, s service.Scope, err error) {
	if o, err = a.OpenAccount(f.ServiceFlags); err != nil {
		return o, by, s, err
	}
	if by, err = connect.Capability[T](o, what); err == nil {
		s, err = f.repositoryScope(ctx, a, o)
	}
	return o, by, s, err
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

// scopeName names whose tokens are meant.
func scopeName(s service.Scope) string {
	if !s.Known() {
		return "the account"
	}
	return s.FullName()
}
