package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/input"
)

// fleetApplyCmd carries a plan out: one from a file, or one that it makes.
type fleetApplyCmd struct {
	connect.FleetFlags
	RunFlags
	Plan       string     `arg:"" optional:"" help:"Plan to carry out, from gatewright fleet plan --plan-out. Without it one is made and shown."`
	MaxPlanAge fleet.Span `default:"24h" placeholder:"TIME" help:"Refuse an older plan."`
}

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
		return c.EachFleet(ctx, a, func(f *connect.Fleet) error { return c.apply(ctx, a, f, nil) })
	}
	text, err := input.Read(a.Path(c.Plan))
	if err != nil {
		return fault.Errorf(fault.Input, "read the plan: %w", err)
	}
	p, err := fleet.ReadPlan(c.Plan, text)
	if err != nil {
		return err
	}
	// The plan says for which fleet and shard it is; flags and fleet.yml that say
	// otherwise make it stale.
	c.Planned, c.Shard = p.Settings, cmp.Or(c.Shard, p.Shard)
	return c.EachFleet(ctx, a, func(f *connect.Fleet) error { return c.apply(ctx, a, f, &p) })
}

func (c fleetApplyCmd) apply(ctx context.Context, a *connect.To, f *connect.Fleet, p *fleet.Plan) error {
	t := turn{flags: c.RunFlags.of(f), options: c.options(a, f, "apply"), what: "change the tokens of"}
	t.options.MaxPlanAge = time.Duration(c.MaxPlanAge)
	if p != nil { // not to begin a journal for a plan that is refused
		j, err := f.Read()
		if err == nil {
			err = p.Verify(c.Plan, f.Keys)
		}
		if err == nil {
			err = f.Ready(j, *p, t.options)
		}
		if err != nil {
			return err
		}
	}
	j, err := f.Lock()
	if err != nil {
		return err
	}
	t.j = j
	if p != nil {
		// Repositories may have come and gone since the plan was made.
		t.options.Relist, t.options.Digest = true, p.Digest()
		t.plan, err = f.Believe(ctx, c.Plan, j, *p)
	} else {
		t.plan, err = f.Look(ctx, j)
	}
	if err != nil {
		return err
	}
	return carryOut(ctx, a, f, t)
}
