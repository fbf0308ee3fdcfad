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

// OfTeam returns the list, with what is probably amiss added to a 404.
func OfTeam(list iter.Seq2[Repository, error], owner, team string) iter.Seq2[Repository, error] {
	return func(yield func(Repository, error) bool) {
		for r, err := range list {
			if rest.Status(err) == rest.StatusNotFound {
				err = fault.WithHint(err, "check that %s has a team %s, and that the token may see it", owner, team)
			}
			if !yield(r, err) {
				return
			}
		}
	}
}
