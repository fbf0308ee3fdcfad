package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/input"
)

type fleetApplyCmd struct {
	FleetFlags
	RunFlags
	Plan       string     `arg:"" optional:"" help:"Plan to carry out, from gatewright fleet plan --plan-out. Without it one is made and shown."`
	MaxPlanAge fleet.Span `default:"24h" placeholder:"TIME" help:"Refuse an older plan."`
}

// Help is shown by gatewright fleet apply --help.
func (fleetApplyCmd) Help() string {
	return `Mints, stores and verifies a token for every repository that the plan names, and lets the old ones retire after
their grace. Every step is in the journal before the next: after a crash, or an interrupt, run it again.

  gatewright fleet apply --service codacy --forge github --org acme
  gatewright fleet apply plan.json --yes --max-changes 50 --report fleet.html

Exit codes: 0 all done; 6 partly done, run it again; 2 a stale plan or too many changes; 130 stopped; else of what
stopped it, or of the one cause for which no repository could be worked on.`
}

func (c fleetApplyCmd) Run(ctx context.Context, a *connect.To) error {
	if err := c.RunFlags.check(); err != nil {
		return err
	}
	if c.Plan == "" {
		return c.eachFleet(ctx, a, func(f *openedFleet) error { return c.apply(ctx, a, f, nil) })
	}
	text, err := input.Read(a.Path(c.Plan))
	if err != nil {
		return fault.Errorf(fault.Input, "read the plan: %w", err)
	}
	p, err := fleet.ReadPlan(c.Plan, text)
	if err != nil {
		return err
	}
	c.planned, c.Shard = p.Settings, cmp.Or(c.Shard, p.Shard)
	return c.eachFleet(ctx, a, func(f *openedFleet) error { return c.apply(ctx, a, f, &p) })
}

func (c fleetApplyCmd) apply(ctx context.Context, a *connect.To, f *openedFleet, p *fleet.Plan) error {
	t := turn{flags: c.RunFlags, options: c.options(a, f, "apply"), what: "change the tokens of"}
	t.options.MaxPlanAge = time.Duration(c.MaxPlanAge)
	if p != nil { // not to begin a journal for a plan that is refused
		j, err := f.read(a)
		if err == nil {
			err = p.Verify(c.Plan, f.keys)
		}
		if err == nil {
			err = f.Ready(j, *p, t.options)
		}
		if err != nil {
			return err
		}
	}
	j, err := f.lock(a)
	if err != nil {
		return err
	}
	t.j = j
	if p != nil {
		t.options.Relist, t.options.Digest = true, p.Digest()
		t.plan, err = c.believe(ctx, a, f, j, *p)
	} else {
		t.plan, err = f.plan(ctx, a, j)
	}
	if err != nil {
		return err
	}
	return carryOut(ctx, a, f, t)
}

// believe returns the plan of a file as it may be carried out: as it is, if it is
// signed; else what is decided now of the repositories that it changes.
func (c fleetApplyCmd) believe(ctx context.Context, a *connect.To, f *openedFleet, j journal.Session, p fleet.Plan) (fleet.Plan, error) {
	keys := f.keys
	keys.Unsigned = false
	if !keys.Sign.Empty() && p.Verify(c.Plan, keys) == nil {
		return p, nil
	}
	a.Warn("the plan is not signed: what is to be done is decided again for each of its repositories")
	return f.Redecide(ctx, j, p, progress(a, "look at repositories"))
}
