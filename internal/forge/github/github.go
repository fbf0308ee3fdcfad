// Package github is the forge GitHub, at github.com or on an Enterprise Server:
// its secret stores, repositories, comments and commit statuses. go-github
// writes the requests and reads the answers; credential, waiting, retries and
// pacing are rest's.
package github

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Options choose what a new organization secret is made with. A secret that is
// already there keeps what it has, unless Visibility is set.
type Options struct {
	Visibility string   // all, private or selected; "" is private for a new one
	Selected   []string // names of repositories, for visibility selected
}

// Client is the forge. It is safe for concurrent use.
type Client struct {
	rest    *rest.Client
	gh      calls
	options Options

	keys forge.Memory[*github.PublicKey] // by place
	seen forge.Memory[repository]        // by owner/name, as last listed or read
}

var (
	_ forge.Forge  = (*Client)(nil)
	_ forge.Sealer = (*Client)(nil)
)

// New makes the forge on a client whose base URL is that of the API:
// https://api.github.com, or https://HOST/api/v3.
func New(c *rest.Client, o Options) (*Client, error) {
	base, err := url.Parse(c.BaseURL() + "/")
	if err != nil {
		return nil, fault.Errorf(fault.Input, "%s address: %w", c.System(), err)
	}
	gh := github.NewClient(c.HTTP())
	gh.BaseURL = base
	client := &Client{rest: c, options: o}
	client.gh = callsOf(gh, client.fail)
	return client, nil
}

// path joins escaped segments without a leading slash, as go-github wants it.
func path(segments ...string) string { return strings.TrimPrefix(rest.Path(segments...), "/") }

// call sends one request and decodes its answer into out, which may be nil.
func (c *Client) call(ctx context.Context, op, method, at string, body, out any) (*github.Response, error) {
	return c.gh.send(ctx, op, method, at, body, out)
}

// fail gives an error of go-github the form and the kind that all of
// Gatewright's errors have.
func (c *Client) fail(op string, resp *github.Response, err error) error {
	if err == nil {
		return nil
	}
	var answered *github.ErrorResponse
	message := ""
	switch {
	case errors.As(err, &answered):
		message = words(answered)
	case resp != nil && resp.Response != nil:
		var limit *github.RateLimitError
		var abuse *github.AbuseRateLimitError
		if errors.As(err, &limit) {
			message = limit.Message
		} else if errors.As(err, &abuse) {
			message = abuse.Message
		}
	}
	if resp == nil || resp.Response == nil {
		return c.rest.Foreign(op, nil, "", err)
	}
	if resp.StatusCode < 300 {
		return fault.WithHint(
			fault.Errorf(fault.Service, "%s: %s answered %d with something else than the JSON expected", op, c.rest.System(), resp.StatusCode),
			"check the base URL; a proxy or a login page may stand in between")
	}
	return hint(c.rest.Foreign(op, resp.Response, message, err), resp.StatusCode, message)
}

// words are the server's own, with the details of a 422.
func words(e *github.ErrorResponse) string {
	text := e.Message
	for _, d := range e.Errors {
		if d.Message != "" {
			text += "; " + d.Message
		}
	}
	return text
}

// hint adds what to do next, for the refusals that people meet. The messages
// are GitHub's own, as captured:
// 403 {"message":"Resource not accessible by integration"}
// 403 {"message":"Resource not accessible by personal access token"}
// 403 {"message":"Repository was archived so is read-only."}
func hint(err error, status int, message string) error {
	switch {
	case fault.Hint(err) != "": // a rate limit
		return err
	case status == 401:
		return fault.WithHint(err, "the token is wrong, revoked or expired: set GH_TOKEN to a valid one")
	case status == 403 && strings.Contains(message, "not accessible by integration"):
		return fault.WithHint(err, "a workflow's own GITHUB_TOKEN cannot reach secrets: use a GitHub App with the permission secrets: write, or a personal access token")
	case status == 403 && strings.Contains(message, "not accessible by personal access token"):
		return fault.WithHint(err, "give the fine-grained token the repository permission Secrets: read and write")
	case status == 403 && strings.Contains(message, "archived"):
		return fault.WithHint(err, "unarchive the repository or leave it out")
	case status == 404:
		return fault.WithHint(err, "check the name; GitHub also says 404 for what the token may not see (scope repo, for an organization admin:org)")
	default:
		return err
	}
}
