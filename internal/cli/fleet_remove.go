package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// fleetRemoveCmd is how repositories leave the fleet, or the fleet leaves a store.
type fleetRemoveCmd struct {
	connect.FleetFlags
	RunFlags
	Repository []string `arg:"" optional:"" help:"Names or globs of repositories."`
	All        bool     `help:"All repositories of the fleet."`
	Vanished   bool     `help:"Only those that the forge no longer lists, though another may have the name by now. With names or --all also where more are missing than --max-missing allows, or than a tenth."`
	MissingOK  bool     `name:"missing-ok" help:"With --vanished: one that the service has no more either is no error, since its tokens ended with it."`
	Empty      bool     `help:"Delete the secrets of the stores that --store names and keep the tokens: the fleet leaves a store."`
}

func (fleetRemoveCmd) Help() string {
	return `Off-boarding: revokes the tokens of this fleet for the repositories at once and deletes the secrets that hold them.
Repositories that are archived or gone lose their tokens; their secrets stay as they are. What this tool did not make
is not touched. Leave the repositories out of fleet.yml as well, or the next apply begins anew.

  gatewright fleet remove legacy-portal --service codacy --forge github --org acme
  gatewright fleet remove --vanished --service codacy --forge github --org acme
  gatewright fleet remove --all --empty --store dependabot --service codacy --forge github --org acme`
}

func (c fleetRemoveCmd) Run(ctx context.Context, a *connect.To) error {
	switch {
	case len(c.Repository) == 0 && !c.All && !c.Vanished:
		return fault.WithHint(fault.Errorf(fault.Input, "which repositories? Name them, or say --all or --vanished"), "gatewright fleet remove legacy-portal --service SERVICE --forge FORGE --org acme")
	case c.MissingOK && !c.Vanished:
		return fault.WithHint(fault.Errorf(fault.Input, "--missing-ok goes with --vanished"), "gatewright fleet remove legacy-portal --vanished --missing-ok --service SERVICE --forge FORGE --org acme")
	case c.Empty && c.Vanished:
		return fault.Errorf(fault.Input, "--empty and --vanished exclude each other: the secrets of a repository that is gone are gone with it")
	// The usual store is not taken for granted here: emptying it would leave the
	// jobs without a token.
	case c.Empty && len(c.Settings.Stores)+len(c.Settings.Environments) == 0:
		return fault.Errorf(fault.Input, "--empty needs --store or --environment: which store is to be emptied?")
	}
	c.Only(c.Repository)
	return c.turns(ctx, a, &c.FleetFlags, func(f *connect.Fleet, t turn) (err error) {
		t.options, t.what = c.options(a, f, "remove"), "revoke the tokens and delete the secrets of"
		if c.Empty {
			t.what = "delete the secrets of"
		}
		t.options.KeepTokens, t.options.MissingOK = c.Empty, c.MissingOK
		look := f.PlanLeak
		if c.Vanished {
			look = func(ctx context.Context, j journal.Session, p fleet.Progress) (fleet.Plan, error) {
				return f.PlanVanished(ctx, j, p, fleet.Gone{All: c.All, Names: c.Repository})
			}
		}
		if t.plan, err = look(ctx, t.j, f.Looking()); err != nil {
			return err
		}
		n := console.Count(len(t.plan.Items), "repository")
		a.Say("%s of %s", n, t.plan.Organization)
		if err := t.confirm(a, f, n); err != nil {
			return err
		}
		r, err := f.Remove(ctx, t.j, t.plan, t.options)
		return t.finish(ctx, a, r, err)
	})
}
