package gitea

import (
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// TeamRepositories lists the repositories that a team has access to.
func (c *Client) TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[forge.Repository, error] {
	return func(yield func(forge.Repository, error) bool) {
		id, err := c.team(ctx, owner, team)
		if err != nil {
			yield(forge.Repository{}, err)
			return
		}
		all := repositories(ctx, c, "list the repositories of the team "+team, rest.Path("teams", strconv.FormatInt(id, 10), "repos"))
		rest.Select(all, func(r repository) (forge.Repository, bool) { return r.forge(), strings.EqualFold(r.Owner.Login, owner) })(yield)
	}
}

// team finds a team's number by its name, among all whose names hold it.
func (c *Client) team(ctx context.Context, owner, name string) (int64, error) {
	type team struct {
		ID   int64  `json:"id" rest:"required"`
		Name string `json:"name" rest:"required"`
	}
	type found struct {
		Data []team `json:"data" rest:"required"`
	}
	search := rest.Request{Op: "look for the team " + name + " of " + owner, Path: rest.Path("orgs", owner, "teams", "search"), Query: url.Values{"q": {name}}}
	for t, err := range walk(ctx, c, search, func(f found, at rest.Place) ([]team, count) { return f.Data, count{total: total(at)} }) {
		if err != nil {
			return 0, err
		}
		if strings.EqualFold(t.Name, name) {
			return t.ID, nil
		}
	}
	return 0, fault.WithHint(fault.Errorf(fault.Input, "%s has no team %s that the token may see", owner, name), "check its name")
}
