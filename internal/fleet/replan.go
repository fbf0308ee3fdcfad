package fleet

import (
	"cmp"
	"context"
	"slices"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

// PlanLeak is Plan for what needs the service alone: where the forge cannot be
// listed, the plan has the repositories that the journal knows. A leak may come with
// an outage, or be of the forge's own credential, and must not wait for either. Where
// more are missing than the policy allows they are not held to be gone, and the others
// are planned as ever.
func (f *Fleet) PlanLeak(ctx context.Context, j journal.Session, progress Progress) (Plan, error) {
	all := f.missing(0)
	p, err := all.planFor(ctx, j, progress, all.views)
	h := fold(j.Entries)
	if err == nil {
		p.Policy = f.digest()
		if floor := f.floor(p.Summary[Vanished], h); floor != nil {
			for i := range p.Items {
				if p.Items[i].Action == Vanished {
					p.Items[i].unknown(floor)
				}
			}
			p.count()
		}
		return p, nil
	}
	if ctx.Err() != nil || f.check() != nil {
		return p, err
	}
	// What only the forge knows, the journal cannot choose by: of all that it knows, others
	// than were meant would lose the tokens that they use.
	if len(f.Policy.Filter.Names) == 0 && (!f.Policy.Filter.NamesOnly() || len(f.Policy.Teams) > 0) {
		return p, fault.WithHint(err, "which repositories the filter means is not known without the forge: name them, or '*' for all that the journal knows")
	}
	known := f.known(h)
	if len(known) == 0 {
		return p, fault.WithHint(err, "the journal knows none of these repositories, so their tokens are not found without the forge; `gatewright token list` and `token revoke` need the service alone")
	}
	var items []Item
	for _, s := range known {
		repo := f.repositoryOf(s)
		item := Item{Repository: fullName(repo), Subject: s.id, ID: repo.ID}
		item.unknown(err)
		items = append(items, item)
	}
	return f.planOf(j, items), nil
}

// unknown makes the item one of which err says that nothing is known.
func (i *Item) unknown(err error) {
	i.refuse(Unknown, fault.Of(err), oneLine(err))
	i.Hint = fault.Hint(err)
}

// missing returns the fleet with another limit of how many of its repositories may be
// missing, in percent; 0 is none. A plan is for the settings that f has all the same.
func (f *Fleet) missing(most int) *Fleet {
	other := *f
	other.Policy.MaxMissing = most
	return &other
}

// mostVanished is the limit, in percent, where the policy has none and nobody says of
// what is missing that it is gone.
const mostVanished = 10

// Gone says of which repositories somebody knows that they are gone.
type Gone struct {
	All   bool     // of all that are missing
	Names []string // or globs
}

// PlanVanished is Plan for the repositories that the forge no longer lists, and for no
// others. A credential that lost its sight hides what is not gone: more than the policy
// allows are taken only where somebody says so who knows. A name that was given and is
// of none that vanished, nor of one that the journal had, is an error.
func (f *Fleet) PlanVanished(ctx context.Context, j journal.Session, progress Progress, gone Gone) (Plan, error) {
	within := f.missing(0)
	if !gone.All && len(gone.Names) == 0 {
		within = f.missing(cmp.Or(f.Policy.MaxMissing, mostVanished))
	}
	p, err := within.planFor(ctx, j, progress, func(ctx context.Context, h *history) ([]view, error) {
		views, err := within.views(ctx, h)
		if err == nil {
			err = within.stillThere(gone.Names, views, h)
		}
		return slices.DeleteFunc(views, func(v view) bool { return !v.vanished }), err
	})
	p.Policy = f.digest()
	return p, err
}

// stillThere refuses a name of which nothing vanished: whoever gave it would hold its
// token to be revoked.
func (f *Fleet) stillThere(names []string, views []view, h *history) error {
	for _, name := range names {
		one := forge.Filter{Names: []string{name}}
		of := func(v view) bool { return one.Match(v.repo) }
		switch {
		case isGlob(name), slices.ContainsFunc(views, func(v view) bool { return v.vanished && of(v) }):
		case slices.ContainsFunc(views, func(v view) bool { return !v.absent && of(v) }):
			return fault.WithHint(fault.Errorf(fault.Input, "the forge still lists %s", name), "remove it without --vanished")
		case !slices.ContainsFunc(f.known(h), func(s *repoState) bool { return one.Match(f.repositoryOf(s)) }):
			return fault.WithHint(fault.Errorf(fault.Input, "neither the forge nor the journal knows %s", name), "check its name")
		}
	}
	return nil
}

// Redecide decides again for the repositories that a plan has: a plan that anybody
// could have written says which, and nothing more. What would be done is then this
// run's own word, and at most less than a plan of now would do.
func (f *Fleet) Redecide(ctx context.Context, j journal.Session, p Plan, progress Progress) (Plan, error) {
	fresh, err := f.Plan(ctx, j, progress)
	if err != nil {
		return Plan{}, err
	}
	chosen := map[string]bool{}
	for _, i := range p.Items {
		chosen[i.Subject] = true
	}
	fresh.Items = slices.DeleteFunc(fresh.Items, func(i Item) bool { return !chosen[i.Subject] })
	fresh.count()
	// What Ready judges is the old plan's: made for other settings, or too old, it
	// stays stale.
	fresh.Policy, fresh.MadeAt, fresh.Journal = p.Policy, p.MadeAt, p.Journal
	return fresh, nil
}
