// Package azuredevops is the forge Azure DevOps: variables of variable groups
// and of pipelines, Git repositories, threads of pull requests and commit
// statuses.
package azuredevops

import (
	"cmp"
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Client is the forge. It is safe for concurrent use.
type Client struct {
	rest     *rest.Client
	org      string
	say      func(string)
	versions versions

	ids forge.Memory[string] // of projects, by name

	// turns are of this process's writers, by variable group or pipeline: a write
	// replaces the whole of it. Azure DevOps has no compare-and-set for variable
	// groups: two processes that write to one group at the same moment can lose one
	// of the two writes.
	turns forge.Turns
}

// call sends one request, in a version that the server takes.
func (c *Client) call(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
	for {
		asked, version := r, c.versions.of(r.Path)
		asked.Query = rest.Query(r.Query, "api-version", version)
		resp, err := c.rest.Call(ctx, asked, out)
		switch {
		case resp == nil:
			return nil, err
		case resp.Status == 203, resp.Status == 200 && strings.Contains(resp.Header.Get("Content-Type"), "html"):
			// The sign-in page: the credential is expired or of another kind.
			return resp, fault.WithHint(fault.Errorf(fault.Auth, "%s: Azure DevOps answered with its sign-in page", r.Op),
				"the token is expired, or not one of this organization: set AZURE_DEVOPS_EXT_PAT")
		case resp.Status != 400 || !c.versions.learn(r.Path, version, resp.Message()):
			return resp, err
		}
	}
}

// list is an answer that is a list.
type list[T any] struct {
	Value []T `json:"value" rest:"required"`
}

// rows reads a list that comes at once, or the first page of one.
func rows[T any](ctx context.Context, c *Client, r rest.Request) ([]T, error) {
	var out list[T]
	if _, err := c.call(ctx, r, &out); err != nil {
		return nil, err
	}
	return out.Value, nil
}

// advice is for the refusals that have a usual reason, in this order.
func advice(*rest.StatusError) []rest.Advice {
	return []rest.Advice{
		{Status: 401, Text: "the token is wrong, expired or lacks a scope (Variable Groups: read, create, and manage), or the project is gone: set AZURE_DEVOPS_EXT_PAT, or SYSTEM_ACCESSTOKEN from $(System.AccessToken); " + ended},
		{Status: 403, Path: "/pullRequests/", Text: "allow \"Contribute to pull requests\" in the repository's security to the token's user, for $(System.AccessToken) to the project's Build Service; a personal token needs the scopes Code (write) and Code (status)"},
		{Status: 403, Path: "/statuses", Text: "the token needs the scope Code (status), and its user or Build Service \"Contribute\" in the repository's security"},
		{Status: 403, Text: "the token needs the scopes Variable Groups (read, create, and manage) and Build (read and execute), and its user the role Administrator of the library item"},
		{Status: 404, Text: "check the names; Azure DevOps also says 404 for what the token may not see"},
	}
}

// project cuts "ORG/PROJECT"; PROJECT alone is one of the organization whose
// address is set.
func (c *Client) project(owner string) (string, error) {
	org, project, both := strings.Cut(owner, "/")
	if !both && owner != "" && !strings.EqualFold(owner, c.org) {
		return owner, nil
	}
	if !strings.EqualFold(org, c.org) {
		return "", fault.WithHint(fault.Errorf(fault.Input, "%q does not belong to the organization %s, whose address is set", owner, c.org),
			"name it as %s/PROJECT, or set SYSTEM_COLLECTIONURI", c.org)
	}
	if project == "" || strings.Contains(project, "/") {
		return "", fault.Errorf(fault.Input, "%q names no project: write ORGANIZATION/PROJECT", owner)
	}
	return project, nil
}

// projectID reads a project's id, once.
func (c *Client) projectID(ctx context.Context, project string) (string, error) {
	return c.ids.Get(project, func() (string, error) {
		var out named
		_, err := c.call(ctx, rest.Request{Op: "look at the project " + project, Path: rest.Path("_apis", "projects", project)}, &out)
		return out.ID, err
	})
}

// named is a thing with an id and a name, either of which names it in paths.
type named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// repository is what is needed of a Git repository.
type repository struct {
	ID            string `json:"id" rest:"required"`
	Name          string `json:"name" rest:"required"`
	DefaultBranch string `json:"defaultBranch"`
	IsDisabled    bool   `json:"isDisabled"`
	IsFork        bool   `json:"isFork"`
}

// Repositories lists the repositories of a project, or of all projects of the
// organization, in the order of Azure DevOps.
func (c *Client) Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error] {
	all := func(yield func(forge.Repository, error) bool) {
		for project, err := range c.projects(ctx, owner) {
			var some []repository
			if err == nil {
				some, err = rows[repository](ctx, c, rest.Request{Op: "list the repositories of " + c.org + "/" + project, Path: rest.Path(project, "_apis", "git", "repositories")})
			}
			if err != nil {
				yield(forge.Repository{}, err)
				return
			}
			for _, r := range some {
				if !yield(r.forge(c.org+"/"+project), nil) {
					return
				}
			}
		}
	}
	return f.Choose(all, "Azure DevOps", "topics", "properties", "language", "archived", "visibility")
}

func (r repository) forge(owner string) forge.Repository {
	return forge.Repository{
		ID: r.ID, Owner: owner, Name: r.Name, DefaultBranch: strings.TrimPrefix(r.DefaultBranch, "refs/heads/"),
		Disabled: r.IsDisabled, Fork: r.IsFork, Writable: !r.IsDisabled,
	}
}

// TeamRepositories lists the repositories of a project: teams of Azure DevOps
// have none of their own.
func (c *Client) TeamRepositories(ctx context.Context, _, team string) iter.Seq2[forge.Repository, error] {
	return c.Repositories(ctx, c.org+"/"+team, forge.Filter{})
}

// projects yields the project that owner names, or all of the organization's.
// Their list goes on at a token, which the answer has in a header. Servers of before
// that know none, and go on behind the rows that they are told to skip.
func (c *Client) projects(ctx context.Context, owner string) iter.Seq2[string, error] {
	if strings.Contains(owner, "/") || !strings.EqualFold(owner, c.org) {
		return func(yield func(string, error) bool) { yield(c.project(owner)) }
	}
	const most = 100
	r := rest.Request{Op: "list the projects of " + owner, Path: "/_apis/projects", Query: url.Values{"$top": {strconv.Itoa(most)}, "stateFilter": {"wellFormed"}}}
	all := rest.Pages(ctx, c.call, r, func(page list[named], at rest.Place) ([]named, url.Values, error) {
		switch token := at.Header.Get("X-Ms-Continuationtoken"); {
		case token != "":
			return page.Value, rest.Query(r.Query, "continuationToken", token), nil
		case len(page.Value) == most:
			return page.Value, rest.Query(r.Query, "$skip", strconv.Itoa(at.Seen+most)), nil
		default:
			return page.Value, nil, nil
		}
	})
	return rest.Select(all, func(p named) (string, bool) { return cmp.Or(p.Name, p.ID), true })
}

// repository reads a repository.
func (c *Client) repository(ctx context.Context, project, name string) (r repository, err error) {
	_, err = c.call(ctx, rest.Request{Op: "look at " + c.org + "/" + project + "/" + name, Path: rest.Path(project, "_apis", "git", "repositories", name)}, &r)
	return r, err
}

// exists asks for a repository, refuses a disabled one, and returns its id.
func (c *Client) exists(ctx context.Context, project, name string) (string, error) {
	r, err := c.repository(ctx, project, name)
	if err == nil && r.IsDisabled {
		return "", fault.Errorf(fault.Auth, "%s/%s/%s is disabled", c.org, project, name)
	}
	return r.ID, err
}

// Resolve finds the project of a repository that was named without one, as
// ORGANIZATION/NAME or PROJECT/NAME.
func (c *Client) Resolve(ctx context.Context, ref forge.Ref) (forge.Ref, error) {
	if ref.Repo == "" || strings.Contains(ref.Owner, "/") {
		return ref, nil
	}
	found, err := rest.Collect(c.Repositories(ctx, ref.Owner, forge.Filter{}), func(r forge.Repository) (string, bool) { return r.Owner, strings.EqualFold(r.Name, ref.Repo) })
	if err != nil {
		return ref, err
	}
	switch len(found) {
	case 0:
		return ref, fault.WithHint(fault.Errorf(fault.Input, "no repository %s in any project of %s", ref.Repo, ref.Owner),
			"name it as ORGANIZATION/PROJECT/NAME; projects that the token may not see are not looked at")
	case 1:
		ref.Owner = found[0]
		return ref, nil
	default:
		return ref, fault.Errorf(fault.Input, "%s has the repository %s in several projects: name one of %s", ref.Owner, ref.Repo, strings.Join(found, ", "))
	}
}
