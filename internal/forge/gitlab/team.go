package gitlab

import (
	"context"
	"iter"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
)

// TeamRepositories lists the projects of a subgroup, named by its path with the
// group's or without, and of the groups below it.
func (c *Client) TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[forge.Repository, error] {
	group := team
	if !strings.HasPrefix(strings.ToLower(team), strings.ToLower(owner)+"/") {
		group = owner + "/" + team
	}
	return func(yield func(forge.Repository, error) bool) {
		for r, err := range c.Repositories(ctx, group, forge.Filter{}) {
			if !yield(r, forge.NoTeam(err, owner, team)) {
				return
			}
		}
	}
}
