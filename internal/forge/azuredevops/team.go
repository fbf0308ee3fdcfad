package azuredevops

import (
	"context"
	"iter"

	"github.com/gatewright/gatewright/internal/forge"
)

// TeamRepositories lists the repositories of a project: teams of Azure DevOps
// have none of their own.
func (c *Client) TeamRepositories(ctx context.Context, _, team string) iter.Seq2[forge.Repository, error] {
	return c.Repositories(ctx, c.org+"/"+team, forge.Filter{})
}
