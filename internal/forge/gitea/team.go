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

// team finds a team's number by its name.
func (c *Client) team(ctx context.Context, owner, name string) (int64, error) {
	var found struct {
		Data []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		} `json:"data"`
	}
	_, err := c.rest.Call(ctx, rest.Request{
		Op: "look for the team " + name + " of " + owner, Path: rest.Path("orgs", owner, "teams", "search"), Query: url.Values{"q": {name}, "limit": {strconv.Itoa(most)}},
	}, &found)
	if err != nil {
		return 0, err
	}
	for _, t := range found.Data {
		if strings.EqualFold(t.Name, name) {
			return t.ID, nil
		}
	}
	return 0, fault.WithHint(fault.Errorf(fault.Input, "%s has no team %s that the token may see", owner, name), "check its name")
}
