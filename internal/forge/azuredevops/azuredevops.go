// Package azuredevops is the forge Azure DevOps: variables of variable groups
// and of pipelines, Git repositories, threads of pull requests and commit
// statuses.
package azuredevops

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"iter"
	"maps"
	"net/url"
	"strings"
	"sync"

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

	mu    sync.Mutex
	locks map[string]chan struct{} // by variable group or pipeline: a write replaces the whole of it
}

// call sends one request, with a hint where a refusal has a usual reason.
func (c *Client) call(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	if resp.Status == 203 || resp.Status == 200 && strings.Contains(resp.Header.Get("Content-Type"), "html") {
		// The sign-in page: the credential is expired or of another kind.
		return resp, fault.WithHint(fault.Errorf(fault.Auth, "%s: Azure DevOps answered with its sign-in page", r.Op),
			"the token is expired, or not one of this organization: set AZURE_DEVOPS_EXT_PAT")
	}
	if err := resp.Err(); err != nil {
		return resp, hint(err, r.Path)
	}
	if out == nil {
		return resp, nil
	}
	return resp, resp.Decode(out)
}

// send sends the request in a version that the server takes.
func (c *Client) send(ctx context.Context, r rest.Request) (*rest.Response, error) {
	for {
		q := url.Values{}
		maps.Copy(q, r.Query)
		version := c.versions.of(r.Path)
		q.Set("api-version", version)
		asked := r
		asked.Query = q
		resp, err := c.rest.Do(ctx, asked)
		if err != nil || resp.Status != 400 || !c.versions.learn(r.Path, version, resp.Message()) {
			return resp, err
		}
	}
}

func hint(err error, path string) error {
	switch status := rest.Status(err); {
	case status == 401:
		return fault.WithHint(err, "the token is wrong or expired, or the project is gone: set AZURE_DEVOPS_EXT_PAT, or SYSTEM_ACCESSTOKEN from $(System.AccessToken); "+ended)
	case status == 403 && strings.Contains(path, "/pullRequests/"):
		return fault.WithHint(err, "allow \"Contribute to pull requests\" in the repository's security to the token's user, for $(System.AccessToken) to the project's Build Service; a personal token needs the scopes Code (write) and Code (status)")
	case status == 403 && strings.Contains(path, "/statuses"):
		return fault.WithHint(err, "the token needs the scope Code (status), and its user or Build Service \"Contribute\" in the repository's security")
	case status == 403:
		return fault.WithHint(err, "the token needs the scopes Variable Groups (read, create, and manage) and Build (read and execute), and its user the role Administrator of the library item")
	case status == 404:
		return fault.WithHint(err, "check the names; Azure DevOps also says 404 for what the token may not see")
	}
	return err
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
		var out struct {
			ID string `json:"id"`
		}
		_, err := c.call(ctx, rest.Request{Op: "look at the project " + project, Method: "GET", Path: rest.Path("_apis", "projects", project)}, &out)
		return out.ID, err
	})
}

// lock serialises this process's writers of one thing. Azure DevOps has no
// compare-and-set for variable groups: two processes that write to one group
// at the same moment can lose one of the two writes.
func (c *Client) lock(ctx context.Context, key string) (unlock func(), err error) {
	c.mu.Lock()
	turn := c.locks[key]
	if turn == nil {
		turn = make(chan struct{}, 1)
		c.locks[key] = turn
	}
	c.mu.Unlock()
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
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
	return func(yield func(forge.Repository, error) bool) {
		if err := f.Check("Azure DevOps", "topics", "properties", "language", "archived", "visibility"); err != nil {
			yield(forge.Repository{}, err)
			return
		}
		for project, err := range c.projects(ctx, owner) {
			if err != nil {
				yield(forge.Repository{}, err)
				return
			}
			if !c.repositories(ctx, project, f, yield) {
				return
			}
		}
	}
}

// projects yields the project that owner names, or all of the organization's.
func (c *Client) projects(ctx context.Context, owner string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if strings.Contains(owner, "/") || !strings.EqualFold(owner, c.org) {
			yield(c.project(owner))
			return
		}
		for token, first := "", true; first || token != ""; first = false {
			q := url.Values{"$top": {"100"}, "stateFilter": {"wellFormed"}}
			if token != "" {
				q.Set("continuationToken", token)
			}
			var out struct {
				Value []struct {
					ID   string `json:"id"`
					Name string `json:"name"`
				} `json:"value" rest:"required"`
			}
			resp, err := c.call(ctx, rest.Request{Op: "list the projects of " + owner, Method: "GET", Path: "/_apis/projects", Query: q}, &out)
			if err != nil {
				yield("", err)
				return
			}
			for _, p := range out.Value {
				if !yield(cmp.Or(p.Name, p.ID), nil) { // either names it in paths
					return
				}
			}
			token = resp.Header.Get("X-Ms-Continuationtoken")
		}
	}
}

func (c *Client) repositories(ctx context.Context, project string, f forge.Filter, yield func(forge.Repository, error) bool) bool {
	var out struct {
		Value []repository `json:"value" rest:"required"`
	}
	_, err := c.call(ctx, rest.Request{
		Op: "list the repositories of " + c.org + "/" + project, Method: "GET", Path: rest.Path(project, "_apis", "git", "repositories"),
	}, &out)
	if err != nil {
		yield(forge.Repository{}, err)
		return false
	}
	for _, r := range out.Value {
		shown := forge.Repository{
			ID: r.ID, Owner: c.org + "/" + project, Name: r.Name, DefaultBranch: strings.TrimPrefix(r.DefaultBranch, "refs/heads/"),
			Disabled: r.IsDisabled, Fork: r.IsFork, Writable: !r.IsDisabled,
		}
		if f.Match(shown) && !yield(shown, nil) {
			return false
		}
	}
	return true
}

// exists asks for a repository, refuses a disabled one, and returns its id.
func (c *Client) exists(ctx context.Context, project, name string) (string, error) {
	var r repository
	_, err := c.call(ctx, rest.Request{
		Op: "look at " + c.org + "/" + project + "/" + name, Method: "GET", Path: rest.Path(project, "_apis", "git", "repositories", name),
	}, &r)
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
	var found []string
	for r, err := range c.Repositories(ctx, ref.Owner, forge.Filter{}) {
		if err != nil {
			return ref, err
		}
		if strings.EqualFold(r.Name, ref.Repo) {
			found = append(found, r.Owner)
		}
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

// missing returns the error of a variable that is not there.
func missing(ref forge.Ref) error {
	return fault.As(fault.Input, fmt.Errorf("%s in %s: %w", ref.Name, ref, fs.ErrNotExist))
}
