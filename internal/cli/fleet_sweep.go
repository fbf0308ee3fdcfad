package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
)

// fleetSweepCmd is the half of apply that only takes away.
type fleetSweepCmd struct {
	connect.FleetFlags
	RunFlags
}

func (fleetSweepCmd) Help() string {
	return `Revokes tokens whose grace is over and tokens that nobody holds. Before an old token goes, its secret must still be
as this tool left it, and hold a token that lives. Mints nothing, stores nothing.

  gatewright fleet sweep --service codacy --forge github --org acme --yes`
}

func (c fleetSweepCmd) Run(ctx context.Context, a *connect.To) error {
	return c.turns(ctx, a, &c.FleetFlags, func(f *connect.Fleet, t turn) (err error) {
		t.options, t.what = c.options(a, f, "sweep"), "revoke"
		if t.plan, err = f.Look(ctx, t.j); err != nil {
			return err
		}
		// Without anything due there is nothing to agree to, and a night job needs no --yes.
		if n := f.Due(t.j, t.plan); n > 0 {
			if err := t.confirm(a, f, console.Count(n, "token")+" due"); err != nil {
				return err
			}
		}
		r, err := f.Sweep(ctx, t.j, t.plan, t.options)
		return t.finish(ctx, a, r, err)
	})
}
