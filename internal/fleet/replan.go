package fleet

import (
	"context"
	"slices"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// PlanLeak is Plan for what needs the service alone: where the forge cannot be
// listed, the plan has the repositories that the journal knows. A leak may come with
// an outage, or be of the forge's own credential, and must not wait for either. Where
// more are missing than the policy allows they are not held to be gone, and the others
// are planned as ever.
func (f *Fleet) PlanLeak(ctx context.Context, j journal.Session, progress Progress) (Plan, error) {
	p, err := f.planAll(ctx, j, progress)
	h := fold(j.Entries)
	if err == nil {
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

// planAll is Plan however many repositories are missing; it is for these settings all
// the same.
func (f *Fleet) planAll(ctx context.Context, j journal.Session, progress Progress) (Plan, error) {
	unbound := *f
	unbound.Policy.MaxMissing = 0
	p, err := unbound.Plan(ctx, j, progress)
	if err == nil {
		p.Policy = f.digest()
	}
	return p, err
}

// PlanVanished is Plan for the repositories that the forge no longer lists, and for no
// others: with all, also where they are more than the policy allows. A credential that
// lost its sight hides what is not gone, so that somebody has to say who knows.
func (f *Fleet) PlanVanished(ctx context.Context, j journal.Session, progress Progress, all bool) (Plan, error) {
	plan := f.Plan
	if all {
		plan = f.planAll
	}
	p, err := plan(ctx, j, progress)
	p.Items = slices.DeleteFunc(p.Items, func(i Item) bool { return i.Action != Vanished })
	p.count()
	return p, err
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
