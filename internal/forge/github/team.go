package github

import (
	"context"
	"iter"

	"github.com/gatewright/gatewright/internal/forge"
)

// TeamRepositories lists the repositories that a team, named by its slug, has
// access to.
func (c *Client) TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[forge.Repository, error] {
	return func(yield func(forge.Repository, error) bool) {
		for r, err := range c.owned(ctx, owner, path("orgs", owner, "teams", team, "repos")+"?") {
			if err != nil {
				yield(forge.Repository{}, forge.NoTeam(err, owner, team))
				return
			}
			if !yield(r.forge(), nil) {
				return
			}
		}
	}
}
