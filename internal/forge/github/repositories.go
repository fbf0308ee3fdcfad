package github

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"sort"
	"strconv"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// repository is what is needed of GitHub's repository. It is not go-github's
// own, whose custom properties have one value each: a property with several
// makes the whole page unreadable there.
type repository struct {
	ID       int64  `json:"id" rest:"required"`
	Name     string `json:"name" rest:"required"`
	FullName string `json:"full_name"`
	Owner    struct {
		Login string `json:"login"`
	} `json:"owner"`
	DefaultBranch string            `json:"default_branch"`
	Visibility    string            `json:"visibility"`
	Private       bool              `json:"private"`
	Archived      bool              `json:"archived"`
	Disabled      bool              `json:"disabled"`
	Fork          bool              `json:"fork"`
	Topics        []string          `json:"topics"`
	Language      string            `json:"language"`
	Properties    map[string]values `json:"custom_properties"`
	PushedAt      forge.Time        `json:"pushed_at"` // null for one that was never pushed to
	Permissions   struct {
		Push bool `json:"push"`
		Pull bool `json:"pull"`
	} `json:"permissions"`
}

// values are a custom property's: one text, several, or none.
type values []string

// UnmarshalJSON accepts every form that GitHub documents.
func (v *values) UnmarshalJSON(text []byte) error {
	var any_ any
	if err := json.Unmarshal(text, &any_); err != nil {
		return err
	}
	switch x := any_.(type) {
	case nil:
		*v = nil
	case []any:
		*v = nil
		for _, item := range x {
			*v = append(*v, fmt.Sprint(item))
		}
	default:
		*v = values{fmt.Sprint(x)}
	}
	return nil
}

// writable returns why the secrets of the repository cannot be changed, or nil.
// Permissions are a user's role: for an App's installation and a workflow's
// token each of them is false, even to read, which says nothing. Those are
// judged by what the public key and the write answer.
func (r repository) writable() error {
	name := r.name()
	switch {
	case r.Archived:
		return fault.WithHint(fault.Errorf(fault.Auth, "%s is archived, so its secrets cannot be changed", name), "unarchive the repository or leave it out")
	case r.Disabled:
		return fault.Errorf(fault.Auth, "%s is disabled by GitHub", name)
	case r.Permissions.Pull && !r.Permissions.Push:
		return fault.WithHint(fault.Errorf(fault.Auth, "the token may only read %s", name), "secrets need write access, those of environments administration")
	default:
		return nil
	}
}

func (r repository) forge() forge.Repository {
	out := forge.Repository{
		ID: strconv.FormatInt(r.ID, 10), Owner: r.Owner.Login, Name: r.Name, DefaultBranch: r.DefaultBranch, Visibility: r.Visibility,
		Archived: r.Archived, Disabled: r.Disabled, Fork: r.Fork, Topics: r.Topics, Language: r.Language,
		Writable: r.writable() == nil, PushedAt: r.PushedAt.Time,
	}
	if out.Visibility == "" { // older Enterprise Servers
		out.Visibility = map[bool]string{false: "public", true: "private"}[r.Private]
	}
	for name, v := range r.Properties {
		if out.Properties == nil {
			out.Properties = map[string][]string{}
		}
		out.Properties[name] = v
	}
	return out
}

func (r repository) name() string { return r.Owner.Login + "/" + r.Name }

// repository returns a repository as last listed, or reads it. GitHub follows
// a repository to a new owner: that is refused, because whoever asked means
// the place under the old one.
func (c *Client) repository(ctx context.Context, owner, name string) (repository, error) {
	full := owner + "/" + name
	return c.seen.Get(full, func() (r repository, err error) {
		if _, err = c.call(ctx, rest.Request{Op: "look at " + full, Method: "GET", Path: path("repos", owner, name)}, &r); err != nil {
			return r, err
		}
		if r.Owner.Login == "" {
			r.Owner.Login, _, _ = strings.Cut(cmp.Or(r.FullName, full), "/")
		}
		if !strings.EqualFold(r.Owner.Login, owner) {
			return r, fault.WithHint(fault.Errorf(fault.Input, "%s was transferred: it is %s now", full, r.name()), "name it by its new owner")
		}
		return r, nil
	})
}

// Repositories lists an organization's or a user's repositories, ordered by
// name: for an installation those it is installed for, for a user also the
// private ones.
func (c *Client) Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error] {
	return func(yield func(forge.Repository, error) bool) {
		if err := f.Check("GitHub"); err != nil {
			yield(forge.Repository{}, err)
			return
		}
		for r, err := range c.listing(ctx, owner) {
			if err != nil {
				yield(forge.Repository{}, err)
				return
			}
			c.seen.Keep(r.name(), r)
			if out := r.forge(); f.Match(out) && !yield(out, nil) {
				return
			}
		}
	}
}

// listing chooses where the owner's repositories are listed in full.
func (c *Client) listing(ctx context.Context, owner string) iter.Seq2[repository, error] {
	const byName = "sort=full_name&direction=asc"
	if c.installed {
		return inOrder(c.owned(ctx, owner, path("installation", "repositories")+"?"))
	}
	return func(yield func(repository, error) bool) {
		notOrg := false
		for r, err := range c.pages(ctx, owner, path("orgs", owner, "repos")+"?type=all&"+byName) {
			if notOrg = rest.Status(err) == 404; notOrg {
				break
			}
			if !yield(r, err) {
				return
			}
		}
		if !notOrg {
			return
		}
		// A user's own list has the private ones, a stranger's view of it has not.
		some := false
		for r, err := range c.owned(ctx, owner, path("user", "repos")+"?affiliation=owner,collaborator&"+byName) {
			some = true
			if !yield(r, err) {
				return
			}
		}
		if some {
			return
		}
		for r, err := range c.pages(ctx, owner, path("users", owner, "repos")+"?type=owner&"+byName) {
			if !yield(r, err) {
				return
			}
		}
	}
}

// owned leaves out the repositories of other owners.
func (c *Client) owned(ctx context.Context, owner, at string) iter.Seq2[repository, error] {
	return func(yield func(repository, error) bool) {
		for r, err := range c.pages(ctx, owner, at) {
			if (err != nil || strings.EqualFold(r.Owner.Login, owner)) && !yield(r, err) {
				return
			}
		}
	}
}

// inOrder sorts by name what GitHub lists in no order of its own.
func inOrder(list iter.Seq2[repository, error]) iter.Seq2[repository, error] {
	return func(yield func(repository, error) bool) {
		var all []repository
		for r, err := range list {
			if err != nil {
				yield(r, err)
				return
			}
			all = append(all, r)
		}
		sort.Slice(all, func(i, j int) bool { return strings.ToLower(all[i].name()) < strings.ToLower(all[j].name()) })
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// pages reads a list of repositories to its end. at has a query to add to.
func (c *Client) pages(ctx context.Context, owner, at string) iter.Seq2[repository, error] {
	op := "list the repositories of " + owner
	return func(yield func(repository, error) bool) {
		for page := 1; page != 0; {
			var list repositoryPage
			resp, err := c.call(rest.Conditional(ctx), rest.Request{Op: op, Method: "GET", Path: at + "&per_page=100&page=" + strconv.Itoa(page)}, &list)
			if err == nil {
				err = whole(op, resp)
			}
			if err != nil {
				yield(repository{}, err)
				return
			}
			for _, r := range list.Repositories {
				if r.Owner.Login == "" {
					r.Owner.Login, _, _ = strings.Cut(cmp.Or(r.FullName, owner+"/"), "/")
				}
				if !yield(r, nil) {
					return
				}
			}
			page = resp.NextPage
		}
	}
}

// whole refuses a list from which GitHub left out what the token has not been
// authorised for: a plan over a part would look like one over all.
func whole(op string, resp *github.Response) error {
	if sso := resp.Header.Get("X-Github-Sso"); strings.HasPrefix(sso, "partial-results") {
		return fault.WithHint(fault.Errorf(fault.Auth, "%s: GitHub left out repositories, because the token is not authorised for the single sign-on of every organization (%s)", op, sso),
			"authorise the token for the organization's single sign-on, on the page of your tokens at GitHub")
	}
	return nil
}

// repositoryPage is a page of repositories, in both shapes that GitHub has: a
// list, or an object with the list in it.
type repositoryPage struct {
	Repositories []repository `json:"repositories" rest:"required"`
}

// Shape is rest.Shaper's.
func (p *repositoryPage) Shape(text []byte) any {
	if bytes.HasPrefix(text, []byte("[")) {
		return &p.Repositories
	}
	type object repositoryPage
	return (*object)(p)
}
