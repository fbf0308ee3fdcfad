package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
)

type secretDeleteCmd struct {
	Name   string `arg:"" help:"Name of the secret."`
	Yes    bool   `short:"y" help:"Delete without asking."`
	DryRun bool   `name:"dry-run" help:"Say what would be deleted."`
	connect.ForgeFlags
	PlaceFlags
	Timeout time.Duration `default:"10m" placeholder:"DURATION" help:"Longest time in all."`
}

// Help is shown by gatewright secret delete --help.
func (secretDeleteCmd) Help() string {
	return `Deletes one secret, in one store or several; all others stay. One that is not there is no error.

  gatewright secret delete CODACY_PROJECT_TOKEN --repo acme/api --store actions,dependabot --yes`
}

func (c secretDeleteCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, refs, err := openPlaces(ctx, a, c.ForgeFlags, connect.WriteFlags{}, c.PlaceFlags)
	if err != nil {
		return err
	}
	var steps []secretStep
	for _, ref := range refs {
		ref.Name = c.Name
		stat, err := o.Client.Stat(ctx, ref)
		s := secretStep{ref: ref, Name: c.Name, Place: ref.String(), Store: ref.Store, Change: "delete", Ours: stat.Ours}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.Change, s.Result = "none", "absent"
		case err != nil:
			return err
		}
		steps = append(steps, s)
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
	return each(a, steps, func(s *secretStep) error {
		if s.Result != "" {
			return nil
		}
		if err := o.Client.Delete(ctx, s.ref); err != nil {
			return err
		}
		s.Result = "deleted"
		return nil
	})
}
