package fleet

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// Plan is what would be done, and why. It holds no secret.
type Plan struct {
	Version  int            `json:"version"`
	MadeAt   time.Time      `json:"madeAt"`
	Service  string         `json:"service"`
	Forge    string         `json:"forge"`
	Org      string         `json:"organization"`
	Secret   string         `json:"secret"`
	Shard    string         `json:"shard,omitempty"`
	Policy   string         `json:"policy"`            // digest of what was asked for
	Settings Config         `json:"settings,omitzero"` // what was asked for, for apply to ask the same; no address: credentials go where the user says
	Journal  string         `json:"journal,omitempty"` // the journal's last line then
	Summary  map[Action]int `json:"summary"`
	Items    []Item         `json:"repositories"`
	Forecast Forecast       `json:"forecast"`
}

// Changes is how many repositories the plan changes.
func (p Plan) Changes() int {
	n := 0
	for _, i := range p.Items {
		if i.Changes() {
			n++
		}
	}
	return n
}

// Progress is told how far a run is; it may be nil.
type Progress func(done, total int)

func (p Progress) tell(done, total int) {
	if p != nil {
		p(done, total)
	}
}

// Plan looks at the forge, the service and the journal's entries, and decides.
// It writes nothing anywhere. Repositories that cannot be looked at are in the
// plan as Unknown or Forbidden; an error means that there is no plan.
func (f *Fleet) Plan(ctx context.Context, entries []journal.Entry, progress Progress) (Plan, error) {
	if err := f.check(); err != nil {
		return Plan{}, err
	}
	repos, err := f.repositories(ctx)
	if err != nil {
		return Plan{}, err
	}
	added, err := f.added(ctx)
	if err != nil {
		return Plan{}, err
	}
	look, err := f.lookout(ctx)
	if err != nil {
		return Plan{}, err
	}
	h := fold(entries)
	items := make([]Item, len(repos))
	var mu sync.Mutex
	done := 0
	err = each(ctx, len(repos), f.workers(), func(i int) error {
		v := view{repo: repos[i], sub: h.of(f.subjectOf(repos[i])), now: f.now()}
		v.added = added == nil || added[v.repo.Owner+"/"+v.repo.Name]
		if v.added && v.repo.Writable && !v.repo.Archived && !v.repo.Disabled {
			look(ctx, &v)
		}
		items[i] = f.decide(v)
		mu.Lock()
		done++
		progress.tell(done, len(repos))
		mu.Unlock()
		return nil
	})
	if err != nil {
		return Plan{}, err
	}
	p := Plan{
		Version: planVersion, MadeAt: f.now(), Service: f.Service.Name, Forge: f.Forge.Name, Org: f.Policy.Org, Secret: f.Policy.Secret,
		Shard: f.Policy.Shard.String(), Policy: f.digest(), Journal: journal.PositionOf(entries), Items: items, Summary: map[Action]int{},
	}
	for _, a := range Actions() {
		p.Summary[a] = 0
	}
	for _, i := range items {
		p.Summary[i.Action]++
	}
	p.Forecast = f.forecast(p)
	return p, nil
}

// check refuses what cannot work before anything is asked.
func (f *Fleet) check() error {
	switch {
	case f.Policy.Org == "":
		return fault.WithHint(fault.Errorf(fault.Input, "no organization"), "name it with --org or in fleet.yml")
	case f.Policy.Secret == "":
		return fault.WithHint(fault.Errorf(fault.Input, "no name for the secret"), "name it with --secret or in fleet.yml")
	case len(f.Policy.Places) == 0:
		return fault.Errorf(fault.Input, "no store for the secret")
	case !ownerForm(f.owner()):
		return fault.Errorf(fault.Input, "the owner of a fleet is 1 to 12 small letters and digits, and %q is not", f.owner())
	case f.life() > 0 && f.Policy.RotateWithin >= f.life():
		return fault.WithHint(fault.Errorf(fault.Input, "tokens live %s and are rotated within %s of their end: each would be replaced at once", days(f.life()), days(f.Policy.RotateWithin)),
			"make --rotate-within shorter, or --expires longer")
	case f.Service.Minter == nil && f.Service.Given.Empty():
		return fault.WithHint(fault.Errorf(fault.Input, "%s does not issue tokens through its API, and none was given to hand out", f.Service.Name),
			"make one in its web page and pass it with --token-stdin or --token-file")
	}
	return nil
}

func ownerForm(text string) bool {
	return len(text) > 0 && len(text) <= 12 && strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") == ""
}

// repositories lists those of the policy's filter and shard, in the forge's order.
func (f *Fleet) repositories(ctx context.Context) ([]forge.Repository, error) {
	var out []forge.Repository
	for r, err := range f.Forge.Repositories.Repositories(ctx, f.Policy.Org, f.Policy.Filter) {
		if err != nil {
			return nil, err
		}
		if f.Policy.Shard.has(f.subjectOf(r)) {
			out = append(out, r)
		}
	}
	for _, p := range f.Policy.Places {
		if p.shared() && len(out) > 1 && f.Service.Minter != nil {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "%s would hold the tokens of %s under one name", p, plural(len(out), "repository")),
				"write {repository} in --holder where the repository's name belongs")
		}
	}
	if len(out) == 0 && f.Policy.Shard.Of <= 1 {
		return nil, fault.WithHint(fault.Errorf(fault.Input, "no repository of %s at %s fits the filter", f.Policy.Org, f.Forge.Name),
			"check the organization's name, the filter, and what the credential may see")
	}
	return out, nil
}

// added tells which repositories the service analyses; nil is all of them.
func (f *Fleet) added(ctx context.Context) (map[string]bool, error) {
	if f.Service.Repositories == nil {
		return nil, nil
	}
	list, err := f.Service.Repositories.Repositories(ctx, f.provider(), f.Policy.Org)
	if unsupported(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := make(map[string]bool, len(list))
	for _, r := range list {
		if r.Added {
			out[r.Owner+"/"+r.Name] = true
		}
	}
	return out, nil
}

// lookout gives the function that asks service and forge about one repository.
func (f *Fleet) lookout(ctx context.Context) (func(context.Context, *view), error) {
	var tenant []service.Token
	listed := f.Service.Tokens != nil
	if listed && f.Service.TenantWide {
		var err error
		tenant, err = f.Service.Tokens.Tokens(ctx, service.Scope{})
		if unsupported(err) {
			listed = false
		} else if err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, v *view) {
		switch {
		case listed && f.Service.TenantWide:
			v.tokens, v.listed = tenant, true
		case listed:
			v.tokens, v.tokensErr = f.Service.Tokens.Tokens(ctx, f.scopeOf(v.repo))
			v.listed = v.tokensErr == nil
			if unsupported(v.tokensErr) {
				v.tokensErr = nil
			}
		}
		if v.tokensErr == nil {
			f.look(ctx, v)
		}
	}, nil
}

// look asks the forge about every place.
func (f *Fleet) look(ctx context.Context, v *view) {
	if f.Forge.Stater == nil {
		return
	}
	v.statted = true
	for _, p := range f.Policy.Places {
		st, err := f.Forge.Stater.Stat(ctx, p.ref(v.repo, f.Policy.Secret))
		seen := SeenPlace{Place: p.String(), Exists: err == nil}
		switch {
		case unsupported(err):
			v.statted = false
			continue
		case err != nil && !missing(err):
			v.placeErr = fmt.Errorf("look at %s: %w", p, err)
			return
		case err == nil && !st.UpdatedAt.IsZero():
			at := st.UpdatedAt.UTC()
			seen.UpdatedAt = &at
		}
		v.places = append(v.places, seen)
	}
}

// each calls fn for 0 to n-1, so many at once, and returns the first error;
// after one, or when ctx ends, it starts no more. With one worker everything
// happens in the caller's goroutine, in order.
func each(ctx context.Context, n, workers int, fn func(i int) error) error {
	if workers <= 1 {
		for i := range n {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := fn(i); err != nil {
				return err
			}
		}
		return nil
	}
	next := make(chan int)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	for range min(workers, n) {
		wg.Go(func() {
			for i := range next {
				if err := fn(i); err != nil {
					stop(err)
					return
				}
			}
		})
	}
feed:
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}
