package bitbucket

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// TeamRepositories lists the repositories of a project, named by its key. Each
// repository belongs to one; of a group's repositories Bitbucket has no list.
// developer.atlassian.com, "Filter and sort API objects".
func (c *Client) TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[forge.Repository, error] {
	key := strings.ToUpper(team) // as keys are
	if strings.Trim(key, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
		return rest.Failed[forge.Repository](fault.WithHint(fault.Errorf(fault.Input, "%q is not the key of a project, which has letters, digits and _", team),
			"at Bitbucket --team names a project by its key, as the project's settings show it; groups have no list of repositories"))
	}
	list := rest.Request{
		Op: "list the repositories of the project " + key + " of " + owner, Path: rest.Path("repositories", owner),
		Query: url.Values{"sort": {"name"}, "q": {fmt.Sprintf(`project.key="%s"`, key)}},
	}
	return func(yield func(forge.Repository, error) bool) {
		for r, err := range pages[repository](ctx, c, list) {
			if err == nil && r.Project.Key != key { // then everything was listed
				err = fault.Errorf(fault.Service, "%s: Bitbucket listed %s, which is of the project %q", list.Op, r.Slug, r.Project.Key)
			}
			if !yield(r.forge(owner), err) || err != nil {
				return
			}
		}
	}
}
