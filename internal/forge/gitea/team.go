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
		for r, err := range pages[repository](ctx, c, "list the repositories of the team "+team, rest.Path("teams", strconv.FormatInt(id, 10), "repos")) {
			if err == nil && !strings.EqualFold(r.Owner.Login, owner) {
				continue
			}
			if !yield(r.forge(), err) || err != nil {
				return
			}
		}
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
	_, err := c.call(ctx, rest.Request{
		Op: "look for the team " + name + " of " + owner, Method: "GET", Path: rest.Path("orgs", owner, "teams", "search"), Query: url.Values{"q": {name}, "limit": {strconv.Itoa(most)}},
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
