package fleet

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
)

// Options say how a plan is carried out. They are brakes and ways, and decide nothing
// about a single repository, so they are no part of the plan's digest.
type Options struct {
	Run         string        // from NewRun
	MaxPlanAge  time.Duration // older plans are refused; 0: one day
	MaxChanges  int           // refuse a plan that changes more; 0: no limit
	MaxFailures int           // start no more after so many failures; 0: no limit
	Progress    Progress
	Waves       []int  // percentages after which a run goes on only if nothing failed; nil: all at once
	Relist      bool   // look first which repositories of the plan still are as they were
	Leak        bool   // revoke all tokens of the repositories before replacing them
	KeepTokens  bool   // Remove deletes secrets and revokes nothing
	MissingOK   bool   // Remove takes the tokens of a repository that neither side has for gone
	Digest      string // names the plan in the journal; "" is the plan's own
}

// Due counts the tokens that a sweep would revoke, or may, if no run holds them. It
// asks nobody, so it is what a person is told before being asked to agree.
func (f *Fleet) Due(j journal.Session, p Plan) int {
	h := fold(j.Entries)
	n := 0
	for _, item := range p.Items {
		s := saga{f: f, state: h.of(item.Subject)}
		due, waiting := s.due()
		n += len(due) + len(waiting) + number(item.Tokens, func(t SeenToken) bool { return t.Stray })
	}
	return n
}

// Ready returns why the plan cannot be applied: it is stale, or changes too
// much. Apply asks the same; commands ask before they ask the user. j may be opened
// to read: a plan that is refused need not begin a journal.
func (f *Fleet) Ready(j journal.Session, p Plan, o Options) error {
	if err := f.check(); err != nil {
		return err
	}
	// The first wave would change it for the repositories of the last one.
	if len(o.Waves) > 0 && slices.ContainsFunc(f.Policy.Places, func(p Place) bool { return p.Org != "" }) {
		return fault.WithHint(fault.Errorf(fault.Input, "a secret of the organization changes for all repositories at once, so there are no waves"), "leave --wave out")
	}
	if err := f.freshPlan(p, j.Entries, cmp.Or(o.MaxPlanAge, 24*time.Hour)); err != nil {
		return err
	}
	if n := p.Changes(); o.MaxChanges > 0 && n > o.MaxChanges {
		return fault.WithHint(fault.Errorf(fault.Input, "the plan changes %s, more than --max-changes=%d", console.Count(n, "repository"), o.MaxChanges),
			"look at the plan, then allow more, or choose fewer repositories with a filter or --shard")
	}
	return nil
}

// Apply carries the plan out, writing on in the journal that it was made
// beside. The report has a result for every repository of the plan, whatever
// happens; the error says in one sentence how the run ended.
func (f *Fleet) Apply(ctx context.Context, j journal.Session, p Plan, o Options) (Report, error) {
	if err := f.Ready(j, p, o); err != nil {
		return Report{}, err
	}
	r := run{f: f, j: j, plan: p, digest: cmp.Or(o.Digest, p.Digest()), o: o, step: (*saga).carryOut}
	if o.Relist {
		if err := f.relist(ctx, &r.plan); err != nil {
			return Report{}, err
		}
		if err := f.Ready(j, p, o); err != nil { // by the forge's clock, which is known by now
			return Report{}, err
		}
	}
	if o.Leak {
		r.step, r.insists = (*saga).replaceLeaked, true
	}
	return r.drive(ctx)
}

// Sweep revokes what is due, ends strays, and mints nothing. It takes a plan
// as Apply does, made right before, for the repositories' present names.
func (f *Fleet) Sweep(ctx context.Context, j journal.Session, p Plan, o Options) (Report, error) {
	r := run{f: f, j: j, plan: p, digest: p.Digest(), o: o, step: (*saga).sweep}
	return r.drive(ctx)
}

// relist brings the plan's repositories to their present names, by the forge's own
// number: a token made for the old name might be refused, or, where somebody took
// the name, be another repository's. Those that were archived since are left out;
// those that are gone, by a second list as well, are said to be.
func (f *Fleet) relist(ctx context.Context, p *Plan) error {
	now := map[string]forge.Repository{}
	// One that was named and is not there has no number: the plan says so.
	known := func(i Item) bool { return i.Action == Vanished || i.ID == "" }
	there := func(i Item) bool { return known(i) || now[i.Subject].Name != "" }
	for range 2 {
		_, repos, err := f.chosen(ctx)
		if err != nil {
			return err
		}
		for _, r := range repos {
			now[f.subjectOf(r)] = r
		}
		if number(p.Items, there) == len(p.Items) {
			break
		}
	}
	p.Items = slices.Clone(p.Items) // they are the caller's
	for i := range p.Items {
		item := &p.Items[i]
		r := now[item.Subject]
		switch {
		case known(*item):
		case !there(*item):
			item.refuse(Vanished, fault.Input, "gone since the plan was made, or no longer visible")
		case f.noPlace(r) && item.Action != Archived:
			item.refuse(Archived, fault.OK, "its CI was switched off since the plan was made")
		case (r.Archived || r.Disabled) && item.Action != Archived:
			item.refuse(Archived, fault.OK, "archived since the plan was made")
		default:
			item.Repository = fullName(r)
		}
	}
	return nil
}
