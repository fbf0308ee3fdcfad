// Package bitbucket is the forge Bitbucket Cloud: pipeline variables of
// repositories, deployment environments and workspaces, repositories, pull
// request comments and build statuses.
package bitbucket

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Client is the forge. It is safe for concurrent use.
type Client struct{ rest *rest.Client }

// advice is for the refusals that have a usual reason, in this order.
func advice(*rest.StatusError) []rest.Advice {
	return []rest.Advice{
		{Status: 401, Text: "the token is wrong, revoked or expired: set BITBUCKET_TOKEN to an access token, or to EMAIL:API_TOKEN; app passwords ended in 2026"},
		{Status: 403, Path: "/comments", Text: "the token needs the scope pullrequest:write; an API token read:pullrequest:bitbucket and write:pullrequest:bitbucket"},
		{Status: 403, Path: "/commit/", Text: "the token needs the scope repository:write; an API token read:repository:bitbucket and write:repository:bitbucket"},
		{Status: 403, Text: "the token needs the scope pipeline:variable, an API token read:pipeline:bitbucket and admin:pipeline:bitbucket (one does not imply the other), and its user administration rights"},
		{Status: 404, Text: "check the names; Bitbucket also says 404 for what the token may not see"},
	}
}

// call sends one request and decodes its answer into out, which may be nil.
func (c *Client) call(ctx context.Context, r rest.Request, out any) error {
	_, err := c.rest.Call(ctx, r, out)
	return err
}

// pages reads a list to its end. Only the parameters of the next page's address
// are used: where requests go is not for an answer to decide. Some lists of
// Pipelines name no next page where there is one (BCLOUD-20639): it is the one behind
// a full page that is not all that the answer counts.
func pages[T any](ctx context.Context, c *Client, r rest.Request) iter.Seq2[T, error] {
	type page struct {
		place
		Values []T `json:"values" rest:"required"`
	}
	if r.Query.Get("pagelen") == "" {
		r.Query = rest.Query(r.Query, "pagelen", "100")
	}
	return rest.Pages(ctx, c.rest.Call, r, func(p page, at rest.Place) ([]T, url.Values, error) {
		next, err := p.following(at, len(p.Values))
		return p.Values, next, err
	})
}

// place is where in its list a page says that it stands.
type place struct {
	Next    string `json:"next"`
	Size    int    `json:"size"`
	Page    int    `json:"page"`
	PageLen int    `json:"pagelen"`
}

// following returns the query of the page behind one of n rows, nil behind the last.
func (p place) following(at rest.Place, n int) (url.Values, error) {
	next, err := url.Parse(p.Next)
	switch {
	case p.Next == "" && p.Page > 0 && n > 0 && n >= p.PageLen && p.PageLen*p.Page < p.Size:
		return rest.Query(at.Query, "page", strconv.Itoa(p.Page+1)), nil
	case p.Next == "":
		return nil, nil
	case err != nil: // what stands behind it would seem not to be there
		return nil, at.Unusable("the address of the next page cannot be read")
	}
	return next.Query(), nil
}

// repository is what is needed of a repository.
type repository struct {
	UUID       string     `json:"uuid" rest:"required"`
	Slug       string     `json:"slug" rest:"required"`
	IsPrivate  bool       `json:"is_private"`
	Language   string     `json:"language"`
	Parent     *struct{}  `json:"parent"`
	UpdatedOn  forge.Time `json:"updated_on"`
	MainBranch struct {
		Name string `json:"name"`
	} `json:"mainbranch"`
	Workspace struct {
		Slug string `json:"slug"`
	} `json:"workspace"`
	Project struct {
		Key string `json:"key"`
	} `json:"project"`
}

func (r repository) forge(owner string) forge.Repository {
	out := forge.Repository{
		ID: r.UUID, Owner: cmp.Or(r.Workspace.Slug, owner), Name: r.Slug, DefaultBranch: r.MainBranch.Name, Visibility: "public",
		Fork: r.Parent != nil, Language: r.Language, Writable: true, PushedAt: r.UpdatedOn.Time,
	}
	if r.IsPrivate {
		out.Visibility = "private"
	}
	return out
}

// Repositories lists a workspace's repositories, ordered by name.
func (c *Client) Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error] {
	list := rest.Request{Op: "list the repositories of " + owner, Path: rest.Path("repositories", owner), Query: url.Values{"sort": {"name"}}}
	all := rest.Select(pages[repository](ctx, c, list), func(r repository) (forge.Repository, bool) { return r.forge(owner), true })
	return f.Choose(all, "Bitbucket", "topics", "properties", "archived")
}

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

// environment finds a deployment environment's id by its name.
func (c *Client) environment(ctx context.Context, ref forge.Ref) (string, error) {
	type environment struct {
		UUID string `json:"uuid"`
		Name string `json:"name"`
		Slug string `json:"slug"`
	}
	at := rest.Path("repositories", ref.Owner, ref.Repo, "environments") + "/"
	for e, err := range pages[environment](ctx, c, rest.Request{Op: "list the environments of " + ref.Owner + "/" + ref.Repo, Path: at}) {
		if err != nil {
			return "", err
		}
		if e.Name == ref.Environment || e.Slug == ref.Environment {
			return e.UUID, nil
		}
	}
	return "", fault.Errorf(fault.Input, "%s/%s has no deployment environment %q", ref.Owner, ref.Repo, ref.Environment)
}

// place is the path of a place's variables. The address of a repository's own
// ends in a slash, and "pipelines-config" is spelt in two ways; both are Bitbucket's.
func (c *Client) place(ctx context.Context, ref forge.Ref) (list, item string, err error) {
	switch {
	case ref.Store != "" && ref.Store != forge.Actions:
		return "", "", fault.Errorf(fault.Input, "Bitbucket has no secret store %q; leave the store out for pipeline variables", ref.Store)
	case ref.Owner == "":
		return "", "", fault.Errorf(fault.Input, "no owner: name the repository as WORKSPACE/NAME, or a workspace")
	case ref.Repo == "" && ref.Environment != "":
		return "", "", fault.Errorf(fault.Input, "Bitbucket's deployment environments belong to a repository")
	case ref.Repo == "":
		list = rest.Path("workspaces", ref.Owner, "pipelines-config", "variables")
		return list, list, nil
	case ref.Environment != "":
		id, err := c.environment(ctx, ref)
		list = rest.Path("repositories", ref.Owner, ref.Repo, "deployments_config", "environments", id, "variables")
		return list, list, err
	default:
		item = rest.Path("repositories", ref.Owner, ref.Repo, "pipelines_config", "variables")
		return item + "/", item, nil
	}
}

// locate is place for one variable, whose name it checks first.
func (c *Client) locate(ctx context.Context, ref forge.Ref) (list, item string, err error) {
	if err := checkName(ref.Name); err != nil {
		return "", "", err
	}
	return c.place(ctx, ref)
}

// checkName refuses, before any request, the names that Bitbucket refuses.
func checkName(name string) error { return forge.CheckName("variable", "Bitbucket", name) }
