package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// Place is one spot in a repository where its token is kept.
type Place struct {
	Store       forge.Store
	Environment string
	Org         string // whose own secret it is, for all repositories; "" for secrets of repositories
	Holder      string // variable group or pipeline on Azure DevOps; {repository} stands for the repository's name
}

// shared reports whether several repositories would write into the same secret.
// Tokens of their own would overwrite each other there.
func (p Place) shared() bool {
	return p.Org != "" || p.Holder != "" && !strings.Contains(p.Holder, repositoryWord)
}

const repositoryWord = "{repository}"

// String names the place within its repository, in the journal too: what it
// returns is part of the journal's format.
func (p Place) String() string {
	if p.Org != "" {
		return "organization"
	}
	s := string(p.Store)
	if p.Holder != "" {
		s += ":" + p.Holder
	}
	if p.Environment != "" {
		s += "@" + p.Environment
	}
	return s
}

func (p Place) ref(repo forge.Repository, name string) forge.Ref {
	if p.Org != "" {
		return forge.Ref{Store: p.Store, Owner: p.Org, Name: name}
	}
	holder := strings.ReplaceAll(p.Holder, repositoryWord, repo.Name)
	return forge.Ref{Store: p.Store, Owner: repo.Owner, Repo: repo.Name, Environment: p.Environment, Holder: holder, Name: name}
}

// A place of the organization holds one secret for all repositories. It is
// looked at once in a plan and written once in a run, and accounted for in every
// repository: each says whether it sees the secret, and the journal holds for
// each that it was stored.

// commonPlace is what the forge says of such a place.
type commonPlace struct {
	seen     SeenPlace
	audience *forge.Audience // nil: everybody sees it
}

// common looks at the places of the organization. A time of writing that is our
// own, for whichever repository, is left out: nobody changed the secret, though by
// what the journal holds of most repositories it was written since.
func (f *Fleet) common(ctx context.Context, h *history) (map[Place]commonPlace, error) {
	out := map[Place]commonPlace{}
	for _, p := range f.Policy.Places {
		if p.Org == "" || f.Forge.Stater == nil {
			continue
		}
		ref := p.ref(forge.Repository{}, f.Policy.Secret)
		st, err := f.Forge.Stater.Stat(ctx, ref)
		if err != nil && !missing(err) {
			return nil, fmt.Errorf("look at %s: %w", p, err)
		}
		at := commonPlace{seen: SeenPlace{Place: p.String()}}
		if err == nil {
			at.seen = *seenAs(p, st)
		}
		// Whoever stored it last wrote it for all; the states of the others still have
		// the time of their own store.
		if ours, wrote := h.lastWrite(f, p); err == nil && wrote && !st.Unmarked && !ours.precedes(st.UpdatedAt) {
			at.seen.Marked = true
			if !f.undone(ours, st.UpdatedAt) {
				at.seen.UpdatedAt = nil
			}
		}
		if at.seen.Exists && f.Forge.Sharer != nil {
			a, err := f.Forge.Sharer.Audience(ctx, ref)
			if err != nil {
				return nil, fmt.Errorf("look at who sees %s: %w", p, err)
			}
			at.audience = &a
		}
		out[p] = at
	}
	return out, nil
}

// show enters the place for one repository. The error is that it cannot come to
// see the secret: its visibility is somebody's choice, and is not widened. A
// selection is ours to extend, and only ever extended.
func (c commonPlace) show(v *view) error {
	seen := c.seen
	if c.audience != nil && !c.audience.Has(v.repo) {
		if c.audience.Visibility != "selected" {
			return fault.WithHint(fault.Errorf(fault.Input, "the secret of the organization is for %s repositories, and this one is %s", c.audience.Visibility, v.repo.Visibility),
				"make the secret's visibility wider by hand, or leave the repository out with --exclude")
		}
		seen.Hidden = true
	}
	v.places = append(v.places, seen)
	return nil
}

// inspector returns the function that asks service and forge about one repository.
// What holds for all of them is asked once, here: at a service whose tokens are the
// tenant's, the list; at the forge, the secrets of the organization. A service that
// cannot list leaves view.listed false, which is not the same as an empty list.
func (f *Fleet) inspector(ctx context.Context, h *history) (func(context.Context, *view), error) {
	common, err := f.common(ctx, h)
	if err != nil {
		return nil, err
	}
	var tenant []service.Token
	listed := f.Service.Tokens != nil
	if listed && f.Service.Issue.TenantWide {
		tenant, err = f.Service.Tokens.Tokens(ctx, service.Scope{})
		if listed = !unsupported(err); listed && err != nil {
			return nil, err
		}
	}
	var atService, atForge refusals
	return func(ctx context.Context, v *view) {
		if v.tokensErr = atService.enough(); v.tokensErr != nil {
			return
		}
		defer func() { atService.count(v.tokensErr) }()
		switch {
		case v.add: // it has none yet
		case listed && f.Service.Issue.TenantWide:
			v.tokens, v.listed = tenant, true
		case listed:
			v.tokens, v.tokensErr = f.Service.Tokens.Tokens(ctx, f.scopeOf(v.repo))
			v.listed = v.tokensErr == nil
			if unsupported(v.tokensErr) {
				v.tokensErr = nil
			}
		}
		if v.tokensErr == nil && !v.closed() {
			if v.placeErr = atForge.enough(); v.placeErr == nil {
				f.inspect(ctx, v, common)
				atForge.count(v.placeErr)
			}
		}
	}, nil
}

// refusals counts how many repositories in a row ended in a 401. It is safe for
// concurrent use.
type refusals struct {
	mu   sync.Mutex
	n    int
	last error
}

func (r *refusals) count(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case rest.Status(err) == rest.StatusUnauthorized:
		r.n, r.last = r.n+1, err
	case r.n < mostUnauthorized:
		r.n = 0
	}
}

// enough returns why nothing more is asked with the credential, or nil.
func (r *refusals) enough() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.n < mostUnauthorized {
		return nil
	}
	return fmt.Errorf("not asked, after %d in a row: %w", r.n, r.last)
}

// inspect asks the forge about every place. A place that shows nothing makes all of
// them unknown (statted): what is missing from the list must not look as if it were
// missing from the forge.
func (f *Fleet) inspect(ctx context.Context, v *view, common map[Place]commonPlace) {
	if f.Forge.Stater == nil {
		return
	}
	v.statted = true
	for _, p := range f.Policy.Places {
		if at, ok := common[p]; ok {
			if v.placeErr = at.show(v); v.placeErr != nil {
				return
			}
			continue
		}
		st, err := f.Forge.Stater.Stat(ctx, p.ref(v.repo, f.Policy.Secret))
		switch {
		case unsupported(err):
			v.statted = false
		case missing(err):
			v.places = append(v.places, SeenPlace{Place: p.String()})
		case err != nil:
			v.placeErr = fmt.Errorf("look at %s: %w", p, err)
			return
		default:
			v.places = append(v.places, *seenAs(p, st))
		}
	}
}
