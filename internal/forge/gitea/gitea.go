// Package gitea is the forge Gitea, and Forgejo, which speaks the same: Actions
// secrets of repositories and organizations, repositories, comments and commit
// statuses.
package gitea

import (
	"cmp"
	"context"
	"iter"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Client is the forge. It is safe for concurrent use.
type Client struct {
	rest *rest.Client
	seen forge.Memory[*repository] // by owner/name, as last listed or read
}

// advice is for the refusals that have a usual reason, in this order.
func advice(*rest.StatusError) []rest.Advice {
	return []rest.Advice{
		{Status: 401, Text: "the token is wrong or revoked: set GITEA_TOKEN or FORGEJO_TOKEN"},
		{Status: 403, Path: "/secrets", Text: "the token needs the scopes write:repository, for an organization write:organization, and its user must be an owner: administrators of a repository may not touch secrets"},
		{Status: 403, Text: "the token needs the scopes write:issue for comments, write:repository for statuses"},
		{Status: 404, Text: "check the names; private repositories are not there for a token that may not see them"},
		{Status: 423, Kind: fault.Auth, Text: "unarchive the repository or leave it out"},
	}
}

// most is the longest page that a server returns unless its owner changed that.
const most = 50

// count is how many rows all pages of a list have, as the server says.
type count struct {
	total  int  // negative if it does not say
	hidden bool // total may take in rows that the credential may not see, and that are in no page
}

// pages reads a list, of which the server counts what it lists, to its end.
func pages[T any](ctx context.Context, c *Client, op, path string) iter.Seq2[T, error] {
	return walk(ctx, c, rest.Request{Op: op, Path: path}, func(rows []T, at rest.Place) ([]T, count) {
		return rows, count{total: total(at)}
	})
}

// repositories reads a list of repositories to its end. Gitea leaves out those that
// the credential may not see after it has counted and cut: a page may be short, or
// empty, and another follow (listUserRepos in its routers/api/v1/user/repo.go).
func repositories(ctx context.Context, c *Client, op, path string) iter.Seq2[repository, error] {
	return walk(ctx, c, rest.Request{Op: op, Path: path}, func(rows []repository, at rest.Place) ([]repository, count) {
		return rows, count{total: total(at), hidden: true}
	})
}

// total returns how many rows the server says that all pages have, or -1.
func total(at rest.Place) int {
	if n, err := strconv.Atoi(at.Header.Get("X-Total-Count")); err == nil {
		return n
	}
	return -1
}

// linked reports whether the answer has a link to a next page, one that cannot be read
// included.
func linked(resp *rest.Response) bool {
	next, err := resp.Next()
	return next != nil || err != nil
}

// walk reads a list to its end. How long a page is, the server decides: the end is
// where its link to a next page and its count of all say, or without both a page
// that is not full.
func walk[P, T any](ctx context.Context, c *Client, r rest.Request, open func(P, rest.Place) ([]T, count)) iter.Seq2[T, error] {
	r.Query = rest.Query(r.Query, "limit", strconv.Itoa(most), "page", "1")
	return rest.Pages(ctx, c.rest.Call, r, func(answer P, at rest.Place) ([]T, url.Values, error) {
		rows, all := open(answer, at)
		next, err := all.following(at, len(rows))
		return rows, next, err
	})
}

// following returns the query of the page behind one of n rows, nil behind the last.
func (c count) following(at rest.Place, n int) (url.Values, error) {
	seen := at.Seen + n
	switch {
	case linked(at.Response) && (c.total < 0 || at.Number < c.total): // more pages than rows are no list
	case c.total >= 0 && seen >= c.total, c.total < 0 && n < most, c.hidden && n == 0 && at.Number*most >= c.total:
		return nil, nil
	case n == 0:
		return nil, at.Unusable("the list ends after %d of %d", seen, c.total)
	}
	return at.Numbered(), nil
}

// repository is what is needed of a repository.
type repository struct {
	ID    int64  `json:"id" rest:"required"`
	Name  string `json:"name" rest:"required"`
	Owner struct {
		Login string `json:"login"`
	} `json:"owner"`
	DefaultBranch string     `json:"default_branch"`
	Private       bool       `json:"private"`
	Internal      bool       `json:"internal"`
	Archived      bool       `json:"archived"`
	Fork          bool       `json:"fork"`
	Topics        []string   `json:"topics"`
	Language      string     `json:"language"`
	UpdatedAt     forge.Time `json:"updated_at"`
	Actions       *bool      `json:"has_actions"`
	Permissions   *struct {
		Admin bool `json:"admin"`
	} `json:"permissions"`
}

func (r repository) name() string { return r.Owner.Login + "/" + r.Name }

// noCI reports whether Actions are switched off. Forgejo's secrets are 404 then.
func (r repository) noCI() bool { return r.Actions != nil && !*r.Actions }

// writable returns why the secrets of the repository cannot be changed, or nil.
// They need an owner, whom permissions do not tell from an administrator.
func (r repository) writable() error {
	switch {
	case r.Archived:
		return fault.WithHint(fault.Errorf(fault.Auth, "%s is archived, so its secrets cannot be changed", r.name()), "unarchive the repository or leave it out")
	case r.Permissions != nil && !r.Permissions.Admin:
		return fault.WithHint(fault.Errorf(fault.Auth, "the token's user is no administrator of %s", r.name()), "secrets need administration rights")
	default:
		return nil
	}
}

func (r repository) forge() forge.Repository {
	out := forge.Repository{
		ID: strconv.FormatInt(r.ID, 10), Owner: r.Owner.Login, Name: r.Name, DefaultBranch: r.DefaultBranch, Visibility: "public",
		Archived: r.Archived, NoCI: r.noCI(), Fork: r.Fork, Topics: r.Topics, Language: r.Language, Writable: r.writable() == nil, PushedAt: r.UpdatedAt.Time,
	}
	switch {
	case r.Internal:
		out.Visibility = "internal"
	case r.Private:
		out.Visibility = "private"
	}
	return out
}

// repository returns a repository as last listed, or reads it.
func (c *Client) repository(ctx context.Context, owner, name string) (*repository, error) {
	full := owner + "/" + name
	return c.seen.Get(full, func() (*repository, error) {
		r := &repository{}
		_, err := c.rest.Call(ctx, rest.Request{Op: "look at " + full, Path: rest.Path("repos", owner, name)}, r)
		if err == nil && r.Owner.Login != "" && !strings.EqualFold(r.Owner.Login, owner) {
			err = fault.WithHint(fault.Errorf(fault.Input, "%s was transferred: it is %s now", full, r.name()), "name it by its new owner")
		}
		return r, err
	})
}

// Repositories lists an organization's or a user's repositories, ordered by
// name. They are writable for an owner alone.
func (c *Client) Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error] {
	list := func(of string) iter.Seq2[forge.Repository, error] {
		owns := sync.OnceValue(func() bool { return c.owns(ctx, of, owner) })
		all := repositories(ctx, c, "list the repositories of "+owner, rest.Path(of, owner, "repos"))
		return rest.Select(all, func(r repository) (forge.Repository, bool) {
			c.seen.Keep(r.name(), &r)
			out := r.forge()
			out.Owner, out.Writable = cmp.Or(out.Owner, owner), owns() && out.Writable
			return out, true
		})
	}
	return f.Choose(rest.Or(list("orgs"), list("users")), "Gitea", "properties")
}

// owns reports whether the token's user is the owner, an owner of the
// organization, or the server's administrator; also when it cannot be asked,
// which takes scopes (read:user, read:organization) that nothing else needs.
func (c *Client) owns(ctx context.Context, of, owner string) bool {
	var me struct {
		Login string `json:"login"`
		Admin bool   `json:"is_admin"`
	}
	if _, err := c.rest.Call(ctx, rest.Request{Op: "look at the token's user", Path: "/user"}, &me); err != nil || me.Admin {
		return true
	}
	if of == "users" {
		return strings.EqualFold(me.Login, owner)
	}
	var in struct {
		Owner *bool `json:"is_owner"`
	}
	_, err := c.rest.Call(ctx, rest.Request{
		Op: "look at the token's role in " + owner, Path: rest.Path("users", me.Login, "orgs", owner, "permissions"),
	}, &in)
	return err != nil || in.Owner == nil || *in.Owner
}

// place is the path of the secrets of a repository or an organization.
func place(ref forge.Ref) (string, error) {
	switch {
	case ref.Store != "" && ref.Store != forge.Actions:
		return "", fault.Errorf(fault.Input, "Gitea has no secret store %q; leave the store out for Actions secrets", ref.Store)
	case ref.Environment != "":
		return "", fault.Errorf(fault.Input, "Gitea has no secrets of environments")
	case ref.Owner == "":
		return "", fault.Errorf(fault.Input, "no owner: name the repository as OWNER/NAME, or an organization")
	case ref.Repo == "":
		return rest.Path("orgs", ref.Owner, "actions", "secrets"), nil
	default:
		return rest.Path("repos", ref.Owner, ref.Repo, "actions", "secrets"), nil
	}
}

// checkName refuses, before any request, the names that Gitea and Forgejo refuse.
func checkName(name string) error {
	upper := strings.ToUpper(name)
	if upper == "CI" {
		return fault.Errorf(fault.Input, "secret name %q: Gitea sets CI itself", name)
	}
	for _, prefix := range []string{"GITHUB_", "GITEA_", "FORGEJO_"} {
		if strings.HasPrefix(upper, prefix) {
			return fault.Errorf(fault.Input, "secret name %q: Gitea and Forgejo keep the prefixes GITHUB_, GITEA_ and FORGEJO_ for themselves", name)
		}
	}
	return forge.CheckName("secret", "Gitea", name)
}

// locate checks the whole reference and returns the path of the one secret.
func locate(ref forge.Ref) (string, error) {
	if err := checkName(ref.Name); err != nil {
		return "", err
	}
	at, err := place(ref)
	return at + rest.Path(strings.ToUpper(ref.Name)), err
}
