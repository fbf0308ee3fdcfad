package github

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// repository is what is needed of GitHub's repository. It is not go-github's
// own, whose custom properties have one value each: a property with several
// makes the whole page unreadable there.
type repository struct {
	ID    int64  `json:"id"`
	Name  string `json:"name"`
	Owner struct {
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
	PushedAt      github.Timestamp  `json:"pushed_at"`
	Permissions   *struct {
		Admin bool `json:"admin"`
		Push  bool `json:"push"`
	} `json:"permissions"` // absent for some kinds of token
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

// writable tells why the secrets of the repository cannot be changed, or nil.
func (r repository) writable() error {
	name := r.name()
	switch {
	case r.Archived:
		return fault.WithHint(fault.Errorf(fault.Auth, "%s is archived, so its secrets cannot be changed", name), "unarchive the repository or leave it out")
	case r.Disabled:
		return fault.Errorf(fault.Auth, "%s is disabled by GitHub", name)
	case r.Permissions != nil && !r.Permissions.Admin && !r.Permissions.Push:
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

// repository gives a repository as last listed, or reads it.
func (c *Client) repository(ctx context.Context, owner, name string) (repository, error) {
	full := owner + "/" + name
	return c.seen.Get(full, func() (r repository, err error) {
		_, err = c.call(ctx, "look at "+full, "GET", path("repos", owner, name), nil, &r)
		return r, err
	})
}

// Repositories lists an organization's or a user's repositories, ordered by name.
func (c *Client) Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error] {
	return func(yield func(forge.Repository, error) bool) {
		if err := f.Check("GitHub"); err != nil {
			yield(forge.Repository{}, err)
			return
		}
		of := "orgs"
		for page := 1; page != 0; {
			var list []repository
			resp, err := c.call(ctx, "list the repositories of "+owner, "GET",
				path(of, owner, "repos")+"?type=all&sort=full_name&direction=asc&per_page=100&page="+strconv.Itoa(page), nil, &list)
			if rest.Status(err) == 404 && of == "orgs" && page == 1 {
				of = "users" // not an organization
				continue
			}
			if err != nil {
				yield(forge.Repository{}, err)
				return
			}
			for _, r := range list {
				c.seen.Keep(r.name(), r)
				if out := r.forge(); f.Match(out) && !yield(out, nil) {
					return
				}
			}
			page = resp.NextPage
		}
	}
}
