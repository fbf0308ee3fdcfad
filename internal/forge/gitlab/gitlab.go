// Package gitlab is the forge GitLab, at gitlab.com or on an own server: CI
// variables of projects and groups, projects, merge request notes and commit
// statuses.
package gitlab

import (
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
type Client struct {
	rest    *rest.Client
	options forge.WriteOptions

	seen forge.Memory[*project] // by full path, as last listed or read
}

// advice is for the refusals that have a usual reason, in this order. GitLab
// answers 404 for what the token may not see, and at merge requests 401 as well.
func advice(*rest.StatusError) []rest.Advice {
	const comments = "a job's own CI_JOB_TOKEN cannot comment: set GITLAB_TOKEN to an access token with the scope api; GitLab also says %d for what the token may not see"
	return []rest.Advice{
		// {"message":{"value":["is invalid"]}}, as GitLab before 15.7 says of most special characters
		{Status: 400, Path: "/variables", Words: "is invalid", Text: "this GitLab cannot mask the value; --no-masked stores it for all job logs to show"},
		{Status: 401, Path: "/merge_requests/", Text: fmt.Sprintf(comments, 401)},
		{Status: 404, Path: "/merge_requests/", Text: fmt.Sprintf(comments, 404)},
		{Status: 401, Text: "the token is wrong, revoked or expired, or lacks the scope api: set GITLAB_TOKEN"},
		{Status: 403, Words: "permissions: [", Text: "a fine-grained token needs the permissions that GitLab names; a classic one is refused where the group takes fine-grained ones alone"},
		{Status: 403, Path: "/variables", Text: "the token needs the scope api and the role Maintainer in the project, Owner in the group, or a custom role that manages CI/CD variables; those that are archived or whose CI/CD is switched off cannot be changed"},
		{Status: 403, Text: "the token needs the scope api and the role Developer in the project, on protected branches Maintainer"},
		// {"error":"Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type Project. …"}
		{Status: 405, Words: "maximum allowed offset", Text: "GitLab lists no more than 50,000: name the subgroups one by one"},
		{Status: 404, Text: "check the name; GitLab also says 404 for what the token may not see"},
	}
}

// most is the longest page that GitLab returns.
const most = 100

// nextPage returns the number of the page after the nth, "" after the last. It is in a
// header, empty on the last page: the count of all is left out of long lists. Where
// something on the way took the header away, a full page may not be the last.
func nextPage(resp *rest.Response, rows, n int) string {
	if len(resp.Header.Values("X-Next-Page")) == 0 && rows == most {
		return strconv.Itoa(n + 1)
	}
	return resp.Header.Get("X-Next-Page")
}

// pages reads a list to its end.
func pages[T any](ctx context.Context, c *Client, r rest.Request) iter.Seq2[T, error] {
	r.Query = rest.Query(r.Query, "per_page", strconv.Itoa(most), "page", "1")
	return rest.Pages(ctx, c.rest.Call, r, func(rows []T, at rest.Place) ([]T, url.Values, error) {
		if next := nextPage(at.Response, len(rows), at.Number); next != "" {
			return rows, rest.Query(at.Query, "page", next), nil
		}
		return rows, nil, nil
	})
}

// project is what is needed of GitLab's project.
type project struct {
	ID            int64      `json:"id" rest:"required"`
	Path          string     `json:"path" rest:"required"`
	FullPath      string     `json:"path_with_namespace" rest:"required"`
	DefaultBranch string     `json:"default_branch"`
	Visibility    string     `json:"visibility"`
	Archived      bool       `json:"archived"`
	Deleted       *string    `json:"marked_for_deletion_on"`
	Fork          *struct{}  `json:"forked_from_project"`
	Topics        []string   `json:"topics"`
	Activity      forge.Time `json:"last_activity_at"`
	Builds        string     `json:"builds_access_level"`
	Repository    string     `json:"repository_access_level"`
}

func (p project) name() string { return p.FullPath }

// noCI reports whether CI/CD is switched off, or the repository, which takes it
// along. The variables are 403 then, whoever asks.
func (p project) noCI() bool { return p.Builds == "disabled" || p.Repository == "disabled" }

// writable returns why the variables of the project cannot be changed, or nil. The
// level of the token's role says nothing of it: a custom role may, from Guest up.
func (p project) writable() error {
	switch {
	case p.Archived:
		return fault.WithHint(fault.Errorf(fault.Auth, "%s is archived, so its variables cannot be changed", p.name()), "unarchive the project or leave it out")
	case p.Deleted != nil:
		return fault.Errorf(fault.Auth, "%s is marked for deletion", p.name())
	}
	return nil
}

func (p project) forge() forge.Repository {
	return forge.Repository{
		ID: strconv.FormatInt(p.ID, 10), Owner: strings.TrimSuffix(p.FullPath, "/"+p.Path), Name: p.Path, DefaultBranch: p.DefaultBranch,
		Visibility: p.Visibility, Archived: p.Archived, Disabled: p.Deleted != nil, NoCI: p.noCI(), Fork: p.Fork != nil, Topics: p.Topics,
		Writable: p.writable() == nil, PushedAt: p.Activity.Time,
	}
}

// project returns a project as last listed, or reads it. GitLab follows a
// project to a new group: that is refused, because whoever asked means the
// place under the old one.
func (c *Client) project(ctx context.Context, owner, name string) (*project, error) {
	full := owner + "/" + name
	return c.seen.Get(full, func() (*project, error) {
		p := &project{}
		_, err := c.rest.Call(ctx, rest.Request{Op: "look at " + full, Path: rest.Path("projects", full)}, p)
		if now := p.forge().Owner; err == nil && !strings.EqualFold(now, owner) {
			err = fault.WithHint(fault.Errorf(fault.Input, "%s was transferred: it is %s now", full, p.name()), "name it by its new group")
		}
		return p, err
	})
}

// Repositories lists the projects of a group and its subgroups, or of a user,
// ordered by id. GitLab shows languages project by project, so a filter by
// language costs a request for each project that passes the rest of the filter.
func (c *Client) Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error] {
	cheap := f
	cheap.Language = ""
	all := func(yield func(forge.Repository, error) bool) {
		for p, err := range c.projects(ctx, owner, f) {
			r := p.forge()
			if err == nil {
				c.seen.Keep(p.name(), &p)
				if f.Language != "" && cheap.Match(r) {
					r.Language, err = c.language(ctx, p)
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
	}
	return f.Choose(all, "GitLab", "properties")
}

// projects lists them with the filters that the server knows. Topics are not among
// them: GitLab has each in one spelling, and finds it by that alone.
func (c *Client) projects(ctx context.Context, owner string, f forge.Filter) iter.Seq2[project, error] {
	q := url.Values{"order_by": {"id"}, "sort": {"asc"}}
	if f.Archived != nil {
		q.Set("archived", strconv.FormatBool(*f.Archived))
	}
	if f.Visibility != "" {
		q.Set("visibility", f.Visibility)
	}
	list := func(of string, q url.Values) iter.Seq2[project, error] {
		return pages[project](ctx, c, rest.Request{Op: "list the projects of " + owner, Path: rest.Path(of, owner, "projects"), Query: q})
	}
	return rest.Or(list("groups", rest.Query(q, "include_subgroups", "true", "with_shared", "false")), list("users", q))
}

// TeamRepositories lists the projects of a subgroup, named by its path with the
// group's or without, and of the groups below it.
func (c *Client) TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[forge.Repository, error] {
	group := team
	if !strings.HasPrefix(strings.ToLower(team), strings.ToLower(owner)+"/") {
		group = owner + "/" + team
	}
	return forge.OfTeam(c.Repositories(ctx, group, forge.Filter{}), owner, team)
}

// language is the one with the greatest share.
func (c *Client) language(ctx context.Context, p project) (string, error) {
	var shares map[string]float64
	_, err := c.rest.Call(ctx, rest.Request{
		Op: "read the languages of " + p.name(), Path: rest.Path("projects", strconv.FormatInt(p.ID, 10), "languages"),
	}, &shares)
	best := ""
	for name, share := range shares {
		if best == "" || share > shares[best] || share == shares[best] && name < best {
			best = name
		}
	}
	return best, err
}
