// Package codacy speaks to Codacy: the v2 API (/2.0), which takes coverage and
// analysis results with a repository or an account token and reports errors in
// the body, and the v3 API (/api/v3), which is read and managed with an account
// token and answers errors by status. Where the vendor's documents leave a
// behaviour open, the code says so and stays tolerant.
package codacy

import (
	"context"
	"strings"
	"sync"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// DefaultBaseURL is Codacy's cloud; both APIs live below it.
const DefaultBaseURL = "https://api.codacy.com"

// Kind is what a token may be used for. Codacy's tokens do not show it.
type Kind int

// The kinds. An Undecided token is asked about on first use.
const (
	Undecided Kind = iota
	RepositoryToken
	AccountToken
	Anonymous // no token: public repositories may be read
)

// The headers that carry the two kinds of token.
const (
	accountHeader    = "api-token"
	repositoryHeader = "project-token"
)

// Config says how to reach Codacy.
type Config struct {
	// Connect makes a client for Codacy's origin that sends the token in the
	// named header, or no token if the header is "".
	Connect func(header string) (*rest.Client, error)
	Kind    Kind
	Token   secret.Value // to recognise the caller's own token in a list; may be empty
}

// Client is Codacy through its API. It is safe for concurrent use.
type Client struct {
	account    *rest.Client
	repository *rest.Client
	public     *rest.Client
	token      secret.Value

	mu   sync.Mutex
	kind Kind
}

// New makes a client. Nothing is sent before the first call.
func New(cfg Config) (*Client, error) {
	c := &Client{kind: cfg.Kind, token: cfg.Token}
	for header, into := range map[string]**rest.Client{accountHeader: &c.account, repositoryHeader: &c.repository, "": &c.public} {
		rc, err := cfg.Connect(header)
		if err != nil {
			return nil, err
		}
		*into = rc
	}
	return c, nil
}

// tokenKind tells what the token is, asking Codacy once if nobody said so:
// GET /user answers an account token and refuses everything else.
func (c *Client) tokenKind(ctx context.Context) (Kind, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kind != Undecided {
		return c.kind, nil
	}
	resp, err := c.account.Do(ctx, rest.Request{Op: "find out what kind of token this is", Method: rest.MethodGet, Path: "/api/v3/user"})
	if err != nil {
		return Undecided, err
	}
	switch {
	case resp.Err() == nil:
		c.kind = AccountToken
	case resp.Status == rest.StatusUnauthorized, resp.Status == rest.StatusForbidden, resp.Status == rest.StatusNotFound:
		c.kind = RepositoryToken
	default:
		return Undecided, resp.Err()
	}
	return c.kind, nil
}

// reader is the client to read with: the account's, or without a token, which
// public repositories allow.
func (c *Client) reader(ctx context.Context) (*rest.Client, Kind, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return nil, kind, err
	}
	if kind == AccountToken {
		return c.account, kind, nil
	}
	return c.public, kind, nil
}

// needAccount gives the account's client, or says why what is wanted cannot be
// done with the token at hand.
func (c *Client) needAccount(ctx context.Context, what string) (*rest.Client, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return nil, err
	}
	if kind == AccountToken {
		return c.account, nil
	}
	have := "a repository token"
	if kind == Anonymous {
		have = "no token"
	}
	return nil, fault.WithHint(fault.Errorf(fault.Auth, "%s: Codacy wants an account token, and there is %s", what, have),
		"create one at Codacy (your account, API tokens) and set CODACY_API_TOKEN; if the token is one already, say so with --token-kind account")
}

// providers maps a forge to Codacy's code for it, in the cloud and self-hosted.
func providers() map[string][2]string {
	return map[string][2]string{
		"github":    {"gh", "ghe"},
		"gitlab":    {"gl", "gle"},
		"bitbucket": {"bb", "bbe"},
	}
}

// provider gives Codacy's code for a forge. The forge may also be such a code,
// as the user named it.
func provider(forge string, own bool) (string, error) {
	switch forge {
	case "gh", "ghe", "gl", "gle", "bb", "bbe", "manual":
		return forge, nil
	case "":
		return "", fault.WithHint(fault.Errorf(fault.Input, "Codacy wants to know where the repository is hosted"),
			"name it with --provider: gh, ghe, gl, gle, bb or bbe")
	}
	codes, ok := providers()[forge]
	if !ok {
		return "", fault.WithHint(fault.Errorf(fault.Input, "Codacy does not work with repositories on %s", forge),
			"it knows GitHub, GitLab and Bitbucket; if the repository is mirrored there, name it with --provider, --organization and --repository")
	}
	if own {
		return codes[1], nil
	}
	return codes[0], nil
}

func selfHosted(forgeURL string) bool {
	_, host, _ := strings.Cut(forgeURL, "://")
	host, _, _ = strings.Cut(host, "/")
	switch host {
	case "", "github.com", "gitlab.com", "bitbucket.org":
		return false
	}
	return true
}

// place is where a repository is in Codacy's paths.
type place struct{ provider, owner, name string }

func placeOf(r repo.Repo) (place, error) {
	p, err := provider(r.Forge, r.SelfHosted || selfHosted(r.ForgeURL))
	if err != nil {
		return place{}, err
	}
	if !r.Known() {
		return place{}, fault.WithHint(fault.Errorf(fault.Input, "the repository is not known"),
			"name it with --organization and --repository")
	}
	return place{p, r.Owner, r.Name}, nil
}

func (p place) String() string { return p.owner + "/" + p.name }

// v3 is the path of a repository's resource below one of the API's roots: "",
// "/analysis" or "/coverage".
func (p place) v3(root string, segments ...string) string {
	return "/api/v3" + root + rest.Path(append([]string{"organizations", p.provider, p.owner, "repositories", p.name}, segments...)...)
}
