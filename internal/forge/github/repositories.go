package github

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/url"
	"sort"
	"strconv"
	"strings"

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
	DefaultBranch string     `json:"default_branch"`
	Visibility    string     `json:"visibility"`
	Private       bool       `json:"private"`
	Archived      bool       `json:"archived"`
	Disabled      bool       `json:"disabled"`
	Fork          bool       `json:"fork"`
	Topics        []string   `json:"topics"`
	Language      string     `json:"language"`
	Properties    properties `json:"custom_properties"`
	PushedAt      forge.Time `json:"pushed_at"` // null for one that was never pushed to
	Permissions   struct {
		Push bool `json:"push"`
		Pull bool `json:"pull"`
	} `json:"permissions"`
}

// properties are custom ones by name. GitHub documents each value as one text,
// as several, or as none.
type properties map[string][]string

// UnmarshalJSON accepts every form.
func (p *properties) UnmarshalJSON(text []byte) error {
	var given map[string]any
	err := json.Unmarshal(text, &given)
	*p = make(properties, len(given))
	for name, v := range given {
		list, several := v.([]any)
		if !several && v != nil {
			list = []any{v}
		}
		(*p)[name] = nil
		for _, item := range list {
			(*p)[name] = append((*p)[name], fmt.Sprint(item))
		}
	}
	return err
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
		Properties: r.Properties,
	}
	if out.Visibility == "" { // older Enterprise Servers
		out.Visibility = map[bool]string{false: "public", true: "private"}[r.Private]
	}
	return out
}

func (r repository) name() string { return r.Owner.Login + "/" + r.Name }

// repository returns a repository as last listed, or reads it. GitHub follows
// a repository to a new owner: that is refused, because whoever asked means
// the place under the old one.
func (c *Client) repository(ctx context.Context, owner, name string) (*repository, error) {
	full := owner + "/" + name
	return c.seen.Get(full, func() (*repository, error) {
		r := &repository{}
		if _, err := c.call(ctx, rest.Request{Op: "look at " + full, Path: path("repos", owner, name)}, r); err != nil {
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
	all := rest.Select(c.listing(ctx, owner), func(r repository) (forge.Repository, bool) {
		c.seen.Keep(r.name(), &r)
		return r.forge(), true
	})
	return f.Choose(all, "GitHub")
}

// listing chooses where the owner's repositories are listed in full. A user's own
// list has the private ones, a stranger's view of it has not.
func (c *Client) listing(ctx context.Context, owner string) iter.Seq2[repository, error] {
	if c.installed {
		return inOrder(c.owned(ctx, owner, path("installation", "repositories"), nil))
	}
	byName := func(name, value string) url.Values {
		return rest.Query(nil, "sort", "full_name", "direction", "asc", name, value)
	}
	return rest.Or(c.list(ctx, owner, path("orgs", owner, "repos"), byName("type", "all")), func(yield func(repository, error) bool) {
		some := false
		for r, err := range c.owned(ctx, owner, path("user", "repos"), byName("affiliation", "owner,collaborator")) {
			some = true
			if !yield(r, err) {
				return
			}
		}
		if !some {
			c.list(ctx, owner, path("users", owner, "repos"), byName("type", "owner"))(yield)
		}
	})
}

// owned leaves out the repositories of other owners.
func (c *Client) owned(ctx context.Context, owner, at string, q url.Values) iter.Seq2[repository, error] {
	return rest.Select(c.list(ctx, owner, at, q), func(r repository) (repository, bool) { return r, strings.EqualFold(r.Owner.Login, owner) })
}

// inOrder sorts by name what GitHub lists in no order of its own.
func inOrder(list iter.Seq2[repository, error]) iter.Seq2[repository, error] {
	return func(yield func(repository, error) bool) {
		all, err := rest.Collect(list, func(r repository) (repository, bool) { return r, true })
		if err != nil {
			yield(repository{}, err)
			return
		}
		sort.Slice(all, func(i, j int) bool { return strings.ToLower(all[i].name()) < strings.ToLower(all[j].name()) })
		for _, r := range all {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// list reads a list of repositories to its end. Which owner one without any has
// is known from what was asked.
func (c *Client) list(ctx context.Context, owner, at string, q url.Values) iter.Seq2[repository, error] {
	all := pages(rest.Conditional(ctx), c, rest.Request{Op: "list the repositories of " + owner, Path: at, Query: q},
		func(p repositoryPage) []repository { return p.Repositories })
	return rest.Select(all, func(r repository) (repository, bool) {
		if r.Owner.Login == "" {
			r.Owner.Login, _, _ = strings.Cut(cmp.Or(r.FullName, owner+"/"), "/")
		}
		return r, true
	})
}

// TeamRepositories lists the repositories that a team, named by its slug, has
// access to.
func (c *Client) TeamRepositories(ctx context.Context, owner, team string) iter.Seq2[forge.Repository, error] {
	all := c.owned(ctx, owner, path("orgs", owner, "teams", team, "repos"), nil)
	return forge.OfTeam(rest.Select(all, func(r repository) (forge.Repository, bool) { return r.forge(), true }), owner, team)
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
