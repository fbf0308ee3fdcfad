package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strconv"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// record writes what a plan saw as a seed that `gatewright sandbox` plays:
// the repositories with their identities, and what is known of their secrets
// and tokens without a value.
func (c fleetPlanCmd) record(ctx context.Context, a *connect.To, f *connect.Fleet, p fleet.Plan) error {
	items := map[string]fleet.Item{}
	for _, item := range p.Items {
		items[item.Repository] = item
	}
	seed := world.Seed{
		Recorded: world.Recorded{At: p.MadeAt, Service: p.Service, Forge: p.Forge, Host: cmp.Or(f.Fleet.Forge.Host, connect.PublicHost)},
		Gates:    world.Gates{AnalysisPolls: 1},
	}
	at := map[string]int{}
	left := 0
	for r, err := range f.Fleet.Forge.Repositories(ctx, f.Policy.Org, f.Policy.Filter) {
		if err != nil {
			return err
		}
		item, planned := items[r.Owner+"/"+r.Name]
		if !planned {
			continue // of another shard
		}
		i, known := at[r.Owner]
		if !known {
			i = len(seed.Organizations)
			at[r.Owner] = i
			seed.Organizations = append(seed.Organizations, world.SeedOrganization{Name: r.Owner})
		}
		recorded, missed := recordOf(f, r, item)
		left += missed
		seed.Organizations[i].Repositories = append(seed.Organizations[i].Repositories, recorded)
	}
	err := a.WriteFile(c.Record, func(w io.Writer) error {
		fmt.Fprintf(w, "# Recorded by gatewright fleet plan --record. It holds no value of a secret.\n# gatewright sandbox --seed %s --print-env env.sh\n", c.Record)
		enc := yaml.NewEncoder(w)
		enc.SetIndent(2)
		return enc.Encode(seed)
	})
	if err != nil {
		return err
	}
	if left > 0 {
		a.Warn("%s holds %s of repositories, not %s, which no stand-in plays", c.Record, console.Count(len(p.Items)-p.Summary[fleet.Vanished], "record"), console.Count(left, "secret of another store"))
	}
	a.Say("the fleet is recorded in %s", c.Record)
	return nil
}

// recordOf returns what is known of one repository, and how many of its secrets
// are in stores that the stand-in of the forge does not have.
func recordOf(f *connect.Fleet, r forge.Repository, item fleet.Item) (out world.SeedRepository, left int) {
	id, _ := strconv.ParseInt(r.ID, 10, 64) // 0 for forges that number otherwise
	out = world.SeedRepository{
		ID: id, Name: r.Name, DefaultBranch: r.DefaultBranch, Private: r.Visibility != "public", Archived: r.Archived, NoCI: r.NoCI, Fork: r.Fork,
		Language: r.Language, Topics: r.Topics, Properties: r.Properties, NotAdded: item.Action == fleet.NotAdded,
	}
	for _, p := range f.Policy.Places {
		if p.Environment != "" {
			out.Environments = append(out.Environments, p.Environment)
		}
		for _, seen := range item.Places {
			if seen.Place != p.String() || !seen.Exists {
				continue
			}
			if _, program := p.Store.Program(); program || p.Holder != "" {
				left++
				continue
			}
			kept := world.SeedSecret{Store: string(p.Store), Environment: p.Environment, Name: f.Policy.Secret}
			if seen.UpdatedAt != nil {
				kept.UpdatedAt = *seen.UpdatedAt
			}
			out.Secrets = append(out.Secrets, kept)
		}
	}
	for _, t := range item.Tokens {
		id, _ := strconv.ParseInt(t.ID, 10, 64) // 0: the stand-in numbers it
		kept := world.SeedToken{ID: id, Name: t.Name}
		if t.CreatedAt != nil {
			kept.CreatedAt = *t.CreatedAt
		}
		if t.ExpiresAt != nil {
			kept.ExpiresAt = *t.ExpiresAt
		}
		out.Tokens = append(out.Tokens, kept)
	}
	return out, left
}
