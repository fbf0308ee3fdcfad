// Package gitlab is the forge GitLab, at gitlab.com or on an own server: CI
// variables of projects and groups, projects, merge request notes and commit
// statuses.
package gitlab

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
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

	seen forge.Memory[project] // by full path, as last listed or read
}

// call sends one request, with a hint where a refusal has a usual reason.
func (c *Client) call(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
	resp, err := c.rest.Call(ctx, r, out)
	switch status := rest.Status(err); {
	case status == 400 && strings.Contains(r.Path, "/variables") && strings.Contains(resp.Message(), "is invalid"):
		// {"message":{"value":["is invalid"]}}, as GitLab before 15.7 says of most special characters
		return resp, fault.WithHint(err, "this GitLab cannot mask the value; --no-masked stores it for all job logs to show")
	case (status == 401 || status == 404) && strings.Contains(r.Path, "/merge_requests/"):
		return resp, fault.WithHint(err, "a job's own CI_JOB_TOKEN cannot comment: set GITLAB_TOKEN to an access token with the scope api; GitLab also says %d for what the token may not see", status)
	case status == 401:
		return resp, fault.WithHint(err, "the token is wrong, revoked or expired, or lacks the scope api: set GITLAB_TOKEN")
	case status == 403 && strings.Contains(r.Path, "/variables"):
		return resp, fault.WithHint(err, "the token needs the scope api and the role Maintainer in the project, Owner in the group; archived projects cannot be changed")
	case status == 403:
		return resp, fault.WithHint(err, "the token needs the scope api and the role Developer in the project, on protected branches Maintainer")
	case status == 405 && strings.Contains(resp.Message(), "maximum allowed offset"):
		// {"error":"Offset pagination has a maximum allowed offset of 50000 for requests that return objects of type Project. …"}
		return resp, fault.WithHint(err, "GitLab lists no more than 50,000: name the subgroups one by one")
	case status == 404:
		return resp, fault.WithHint(err, "check the name; GitLab also says 404 for what the token may not see")
	}
	return resp, err
}

// pages reads a list to its end. r needs a query.
func pages[T any](ctx context.Context, c *Client, r rest.Request) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		r.Method = "GET"
		r.Query.Set("per_page", "100")
		for page := "1"; page != ""; {
			r.Query.Set("page", page)
			var rows []T
			resp, err := c.call(ctx, r, &rows)
			if err != nil {
				var none T
				yield(none, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			page = resp.Header.Get("X-Next-Page")
		}
	}
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
	Permissions   *struct {
		Project *access `json:"project_access"`
		Group   *access `json:"group_access"`
	} `json:"permissions"`
}

type access struct {
	Level int `json:"access_level"`
}

// maintainer is the level from which a project's variables can be changed.
const maintainer = 40

func (p project) name() string { return p.FullPath }

// writable returns why the variables of the project cannot be changed, or nil.
func (p project) writable() error {
	switch {
	case p.Archived:
		return fault.WithHint(fault.Errorf(fault.Auth, "%s is archived, so its variables cannot be changed", p.name()), "unarchive the project or leave it out")
	case p.Deleted != nil:
		return fault.Errorf(fault.Auth, "%s is marked for deletion", p.name())
	}
	if p.Permissions == nil {
		return nil
	}
	level := 0
	for _, a := range []*access{p.Permissions.Project, p.Permissions.Group} {
		if a != nil {
			level = max(level, a.Level)
		}
	}
	// Administrators have no level of their own: zero says nothing.
	if level > 0 && level < maintainer {
		return fault.WithHint(fault.Errorf(fault.Auth, "the token's role in %s is below Maintainer", p.name()), "variables need the role Maintainer")
	}
	return nil
}

func (p project) forge() forge.Repository {
	return forge.Repository{
		ID: strconv.FormatInt(p.ID, 10), Owner: strings.TrimSuffix(p.FullPath, "/"+p.Path), Name: p.Path, DefaultBranch: p.DefaultBranch,
		Visibility: p.Visibility, Archived: p.Archived, Disabled: p.Deleted != nil, Fork: p.Fork != nil, Topics: p.Topics,
		Writable: p.writable() == nil, PushedAt: p.Activity.Time,
	}
}

// project returns a project as last listed, or reads it. GitLab follows a
// project to a new group: that is refused, because whoever asked means the
// place under the old one.
func (c *Client) project(ctx context.Context, owner, name string) (project, error) {
	full := owner + "/" + name
	return c.seen.Get(full, func() (p project, err error) {
		_, err = c.call(ctx, rest.Request{Op: "look at " + full, Method: "GET", Path: rest.Path("projects", full)}, &p)
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
	return func(yield func(forge.Repository, error) bool) {
		if err := f.Check("GitLab", "properties"); err != nil {
			yield(forge.Repository{}, err)
			return
		}
		cheap := f
		cheap.Language = ""
		for p, err := range c.projects(ctx, owner, f) {
			if err != nil {
				yield(forge.Repository{}, err)
				return
			}
			c.seen.Keep(p.name(), p)
			r := p.forge()
			if !cheap.Match(r) {
				continue
			}
			if f.Language != "" {
				if r.Language, err = c.language(ctx, p); err != nil {
					yield(forge.Repository{}, err)
					return
				}
			}
			if f.Match(r) && !yield(r, nil) {
				return
			}
		}
	}
}

// projects lists them with the filters that the server knows.
func (c *Client) projects(ctx context.Context, owner string, f forge.Filter) iter.Seq2[project, error] {
	q := url.Values{"order_by": {"id"}, "sort": {"asc"}}
	if f.Archived != nil {
		q.Set("archived", strconv.FormatBool(*f.Archived))
	}
	if f.Visibility != "" {
		q.Set("visibility", f.Visibility)
	}
	if len(f.Topics) > 0 {
		q.Set("topic", strings.Join(f.Topics, ","))
	}
	group := url.Values{"include_subgroups": {"true"}, "with_shared": {"false"}}
	for k, v := range q {
		group[k] = v
	}
	op := "list the projects of " + owner
	return func(yield func(project, error) bool) {
		first := true
		for p, err := range pages[project](ctx, c, rest.Request{Op: op, Path: rest.Path("groups", owner, "projects"), Query: group}) {
			if first && rest.Status(err) == 404 { // not a group
				for p, err := range pages[project](ctx, c, rest.Request{Op: op, Path: rest.Path("users", owner, "projects"), Query: q}) {
					if !yield(p, err) {
						return
					}
				}
				return
			}
			first = false
			if !yield(p, err) {
				return
			}
		}
	}
}

// language is the one with the greatest share.
func (c *Client) language(ctx context.Context, p project) (string, error) {
	var shares map[string]float64
	_, err := c.call(ctx, rest.Request{
		Op: "read the languages of " + p.name(), Method: "GET", Path: rest.Path("projects", strconv.FormatInt(p.ID, 10), "languages"),
	}, &shares)
	best := ""
	for name, share := range shares {
		if best == "" || share > shares[best] || share == shares[best] && name < best {
			best = name
		}
	}
	return best, err
}

// missing makes the error of a variable that is not there.
func missing(ref forge.Ref) error {
	return fault.As(fault.Input, fmt.Errorf("%s in %s: %w", ref.Name, ref, fs.ErrNotExist))
}

func isMissing(err error) bool { return errors.Is(err, fs.ErrNotExist) }
