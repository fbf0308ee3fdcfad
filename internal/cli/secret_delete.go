package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/forge"
)

// secretDeleteCmd names one secret; there is no way to delete them all.
type secretDeleteCmd struct {
	Name   string `arg:"" help:"Name of the secret."`
	Yes    bool   `short:"y" help:"Delete without asking."`
	DryRun bool   `name:"dry-run" help:"Say what would be deleted."`
	connect.ForgeFlags
	connect.PlaceFlags
	Timeout time.Duration `default:"10m" placeholder:"DURATION" help:"Longest time in all."`
}

func (secretDeleteCmd) Help() string {
	return `Deletes one secret, in one store or several; all others stay. One that is not there is no error.

  gatewright secret delete CODACY_PROJECT_TOKEN --repo acme/api --store actions,dependabot --yes`
}

func (c secretDeleteCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, refs, err := a.OpenPlaces(ctx, c.ForgeFlags, connect.WriteFlags{}, c.PlaceFlags)
	if err != nil {
		return err
	}
	steps, err := o.Client.PlanDelete(ctx, refs, c.Name)
	if err != nil {
		return err
	}
	if c.DryRun {
		return showSteps(a, steps)
	}
	for _, s := range steps {
		if s.Result == "" {
			if err := confirm(a, c.Yes, false, fmt.Sprintf("delete %s in %s", s.Name, s.Place)); err != nil {
				return err
			}
		}
	}
	return each(a, steps, func(s *forge.Step) error { return s.Delete(ctx, o.Client) })
}
