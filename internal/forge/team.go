package forge

import (
	"context"
	"iter"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// TeamLister lists the repositories of a team of the owner, or of what the forge
// has in its place. The sequence ends after the first error.
type TeamLister interface {
	TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[Repository, error]
}

// NoTeam adds to a 404 what is probably amiss.
func NoTeam(err error, owner, team string) error {
	if rest.Status(err) != rest.StatusNotFound {
		return err
	}
	return fault.WithHint(err, "check that %s has a team %s, and that the token may see it", owner, team)
}
