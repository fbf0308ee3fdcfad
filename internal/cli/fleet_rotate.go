package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fleet/journal"
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
	if err := c.RunFlags.check(); err != nil {
		return err
	}
	return c.Forced(ctx, a, c.Repository, func(f *connect.Fleet, j journal.Session) (err error) {
		t := turn{j: j, flags: c.RunFlags.of(f), options: c.options(a, f, "rotate"), what: "change the tokens of"}
		if t.plan, err = f.Look(ctx, j); err != nil {
			return err
		}
		return carryOut(ctx, a, f, t)
	})
}
