package cli

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

type fleetCompactCmd struct{ connect.FleetFlags }

// Help is shown by gatewright fleet compact --help.
func (fleetCompactCmd) Help() string {
	return `Writes the journal anew: of every repository what the next run needs, signed with this run's key. With --unsigned a
journal that is not signed, or by a key that is lost, is believed as it is; say so only if nobody else can write it.

  gatewright fleet compact --service codacy --forge github --org acme`
}

func (c fleetCompactCmd) Run(ctx context.Context, a *connect.To) error {
	return c.EachFleet(ctx, a, func(f *connect.Fleet) error {
		j, err := journal.Open(a.Path(f.Journal), f.Keys)
		if err != nil {
			return err
		}
		defer func() { _ = j.Close() }()
		before := j.Session().Entries
		if err := j.Rewrite(fleet.Compact(before)); err != nil {
			return err
		}
		after := j.Session()
		signed := "signed"
		if !after.Genuine {
			signed = "not signed"
		}
		fmt.Fprintf(a.Stdout, "%s: %d lines, %d before; %s\n", f.Journal, len(after.Entries), len(before), signed)
		return nil
	})
}
