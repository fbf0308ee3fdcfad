package cli

import (
	"cmp"
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/forge"
)

// secretListCmd shows names: a forge shows no value.
type secretListCmd struct {
	connect.ForgeFlags
	connect.PlaceFlags
	Timeout time.Duration `default:"10m" placeholder:"DURATION" help:"Longest time in all."`
}

func (secretListCmd) Help() string {
	return `Lists the secrets of a place: names, scopes, and when they were written where the forge tells it; never values.

  gatewright secret list --repo acme/api --store actions,dependabot
  gatewright secret list --forge azuredevops --org acme/platform --group shared --output json`
}

// listedSecret is a secret and where it is.
type listedSecret struct {
	Place string      `json:"place"`
	Store forge.Store `json:"store"`
	forge.Stat
}

func (c secretListCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, refs, err := a.OpenPlaces(ctx, c.ForgeFlags, connect.WriteFlags{}, c.PlaceFlags)
	if err != nil {
		return err
	}
	all := []listedSecret{}
	for _, ref := range refs {
		list, err := o.Client.List(ctx, ref)
		if err != nil {
			return err
		}
		for _, s := range list {
			all = append(all, listedSecret{ref.String(), ref.Store, s})
		}
	}
	rows := [][]string{{"NAME", "PLACE", "SCOPE", "CREATED", "UPDATED", "OURS"}}
	for _, s := range all {
		rows = append(rows, []string{s.Name, s.Place, cmp.Or(s.Scope, "-"), moment(s.CreatedAt), moment(s.UpdatedAt), map[bool]string{true: "yes", false: "-"}[s.Ours]})
	}
	if err := listing(a, map[string]any{"secrets": all}, "no secrets", rows); err != nil {
		return err
	}
	for _, s := range all {
		if s.Note != "" && !a.JSON {
			a.Say("%s in %s is %s", s.Name, s.Place, s.Note)
		}
	}
	return nil
}
