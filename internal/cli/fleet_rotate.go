package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
)

// fleetRotateCmd is apply with the age of the tokens left out.
type fleetRotateCmd struct {
	connect.FleetFlags
	RunFlags
	Repository []string `arg:"" optional:"" help:"Names or globs of repositories. Without any: all of the fleet."`
}

func (fleetRotateCmd) Help() string {
	return `Gives repositories another token now, whatever the old one's age. The old one lives on until its grace is over.

  gatewright fleet rotate api 'web-*' --service codacy --forge github --org acme`
}

func (c fleetRotateCmd) Run(ctx context.Context, a *connect.To) error {
	c.Only(c.Repository)
	return c.turns(ctx, a, &c.FleetFlags, func(f *connect.Fleet, t turn) (err error) {
		t.options, t.what, f.Policy.Force = c.options(a, f, "rotate"), "change the tokens of", true
		if t.plan, err = f.Look(ctx, t.j); err != nil {
			return err
		}
		return carryOut(ctx, a, f, t)
	})
}
