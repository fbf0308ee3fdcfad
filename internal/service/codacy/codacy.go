// Package codacy speaks to Codacy: the v2 API (/2.0), which takes coverage and
// analysis results with a repository or an account token and reports errors in
// the body, and the v3 API (/api/v3), which is read and managed with an account
// token and answers errors by status. Where the vendor's documents leave a
// behaviour open, the code says so and stays tolerant.
package codacy

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// The headers that carry the two kinds of token.
const (
	accountHeader    = "api-token"
	repositoryHeader = "project-token"
)

// Client is Codacy through its API. It is safe for concurrent use.
type Client struct {
	account    *rest.Client
	repository *rest.Client
	public     *rest.Client
	token      secret.Value // to recognise the caller's own token in a list; may be empty

	mu   sync.Mutex
	kind service.TokenKind
}

// New makes a client. Nothing is sent before the first call, which also asks
// about a token whose kind is not known: Codacy's tokens do not show it.
func New(c service.Connection) *Client {
	return &Client{
		account:    c.API.With(rest.Header(accountHeader, c.Token)),
		repository: c.API.With(rest.Header(repositoryHeader, c.Token)),
		public:     c.API,
		token:      c.Token, kind: c.Kind,
	}
}

// tokenKind returns what the token is, asking Codacy once if nobody said so:
// GET /user answers an account token and refuses everything else.
func (c *Client) tokenKind(ctx context.Context) (service.TokenKind, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kind != service.AnyToken {
		return c.kind, nil
	}
	resp, err := c.account.Do(ctx, rest.Request{Op: "find out what kind of token this is", Method: rest.MethodGet, Path: "/api/v3/user"})
	if err != nil {
		return service.AnyToken, err
	}
	switch err := resp.Err(); {
	case err == nil:
		c.kind = service.AccountToken
	case denied(err):
		c.kind = service.RepositoryToken
	default:
		return service.AnyToken, err
	}
	return c.kind, nil
}

// cloud reports whether this is Codacy's own cloud, not a server of the user's.
func (c *Client) cloud() bool { return isCloud(c.public.BaseURL()) }

// needAccount returns the account's client, or says why what is wanted cannot be
// done with the token at hand.
func (c *Client) needAccount(ctx context.Context, what string) (*rest.Client, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return nil, err
	}
	if kind == service.AccountToken {
		return c.account, nil
	}
	have := "a repository token"
	if kind == service.NoToken {
		have = "no token"
	}
	return nil, fault.WithHint(fault.Errorf(fault.Auth, "%s: Codacy needs an account token, and there is %s", what, have),
		"create one at Codacy (your account, API tokens) and set CODACY_API_TOKEN; if the token is one already, say so with --token-kind account")
}

// provider returns Codacy's code for a forge, in the cloud or, of one's own,
// self-hosted. The forge may also be such a code, as the user named it.
func provider(forge string, own bool) (string, error) {
	code, ok := map[string]string{"github": "gh", "gitlab": "gl", "bitbucket": "bb"}[forge]
	switch {
	case ok && own:
		return code + "e", nil
	case ok:
		return code, nil
	case slices.Contains([]string{"gh", "ghe", "gl", "gle", "bb", "bbe", "manual"}, forge):
		return forge, nil
	}
	return "", service.NoForge("Codacy", forge, "gh, ghe, gl, gle, bb or bbe", "GitHub, GitLab and Bitbucket")
}

func selfHosted(forgeURL string) bool {
	_, host, _ := strings.Cut(forgeURL, "://")
	host, _, _ = strings.Cut(host, "/")
	return !slices.Contains([]string{"", "github.com", "gitlab.com", "bitbucket.org"}, host)
}

// place is where a repository is in Codacy's paths.
type place struct{ provider, owner, name string }

func placeOf(r repo.Repo) (place, error) {
	p, err := provider(r.Forge, r.SelfHosted || selfHosted(r.ForgeURL))
	if err != nil {
		return place{}, err
	}
	return place{p, organization(p, r.Owner), r.Name}, service.NeedRepository(r)
}

// organization is what Codacy calls an owner at a provider: a group and its
// subgroups are one organization, named like the group at the top
// (docs.codacy.com, "How does Codacy support GitLab Cloud?").
func organization(provider, owner string) string {
	if strings.HasPrefix(provider, "gl") {
		owner, _, _ = strings.Cut(owner, "/")
	}
	return owner
}

// analysesForks reports whether Codacy looks at pull requests from forks: at
// GitLab and Bitbucket it does not (docs.codacy.com, four pages of its FAQ).
func (p place) analysesForks() bool {
	return p.provider == "gh" || p.provider == "ghe" || p.provider == "manual"
}

// forge names where the repository is hosted, for people.
func (p place) forge() string {
	if strings.HasPrefix(p.provider, "gl") {
		return "GitLab"
	}
	return "Bitbucket"
}

func (p place) String() string { return p.owner + "/" + p.name }

// v3 is the path of a repository's resource below one of the API's roots: "",
// "/analysis" or "/coverage".
func (p place) v3(root string, segments ...string) string {
	return "/api/v3" + root + rest.Path(append([]string{"organizations", p.provider, p.owner, "repositories", p.name}, segments...)...)
}

// collect reads a list to its last page, which is the one without a cursor, also where
// its pages are not documented (paged is false): what is left out would seem not to be
// there. Cursors are opaque. A page may hold more than was asked for.
func collect[T any](ctx context.Context, rc *rest.Client, r rest.Request, paged bool) ([]T, error) {
	type page struct {
		Analysed   *bool `json:"analyzed"` // of issues alone
		Data       []T   `json:"data" rest:"required"`
		Pagination struct {
			Cursor string `json:"cursor"`
		} `json:"pagination"`
	}
	if paged {
		r.Query = rest.Query(r.Query, "limit", "100")
	}
	rows := rest.Pages(ctx, rc.Call, r, func(p page, at rest.Place) ([]T, url.Values, error) {
		var next url.Values
		if p.Pagination.Cursor != "" {
			next = rest.Query(at.Query, "cursor", p.Pagination.Cursor)
		}
		return p.Data, next, whole(p.Analysed)
	})
	var all []T
	for row, err := range rows {
		if err != nil {
			return nil, err
		}
		all = append(all, row)
	}
	return all, nil
}
