package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
)

// fleetRevokeCmd is for a leak, where a token that lives on is worse than a job that
// fails.
type fleetRevokeCmd struct {
	connect.FleetFlags
	RunFlags
	Repository []string `arg:"" optional:"" help:"Names or globs of repositories."`
	All        bool     `help:"All repositories of the fleet."`
}

func (fleetRevokeCmd) Help() string {
	return `For tokens that leaked: revokes all tokens of this fleet for the repositories at once, then gives each a new one.
Revoking needs the service alone: repositories that are archived, full, or closed to the credential lose their tokens
too, and a forge that does not answer is no obstacle for those that the journal knows. What could not be replaced is
told. Jobs that run in between fail. Tokens of others are touched only if --adopt-token names them.

  gatewright fleet revoke api --service codacy --forge github --org acme`
}

func (c fleetRevokeCmd) Run(ctx context.Context, a *connect.To) error {
	if len(c.Repository) == 0 && !c.All {
		return fault.WithHint(fault.Errorf(fault.Input, "which repositories? Name them, or say --all"), "gatewright fleet revoke api --service SERVICE --forge FORGE --org acme")
	}
	c.Only(c.Repository)
	return c.turns(ctx, a, &c.FleetFlags, func(f *connect.Fleet, t turn) (err error) {
		t.options, t.what, f.Policy.Force = c.options(a, f, "revoke"), "revoke the tokens of", true
		// Revoked before they are replaced, and whatever the forge says.
		t.options.Leak = true
		if t.plan, err = f.PlanLeak(ctx, t.j, f.Looking()); err != nil {
			return err
		}
		if err := f.Ready(t.j, t.plan, t.options); err != nil {
			return err
		}
		a.Say("%s", planCounts(t.plan))
		a.Warn("jobs of %s fail until they have their new token", console.Count(len(t.plan.Items), "repository"))
		if err := t.confirm(a, f, console.Count(len(t.plan.Items), "repository")); err != nil {
			return err
		}
		r, err := f.Apply(ctx, t.j, t.plan, t.options)
		f.PublicKeys.Keep()
		return t.finish(ctx, a, r, err)
	})
}
