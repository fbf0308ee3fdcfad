package codacy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/service"
)

// v2 is one upload to the v2 API, whose paths differ by the kind of token: a
// repository token implies the repository, an account token names it.
type v2 struct {
	client *rest.Client
	kind   service.TokenKind
	prefix string // "/2.0" or "/2.0/{provider}/{organization}/{repository}"
	admin  bool   // an account token's owner must be an administrator of the repository
}

func (c *Client) v2(ctx context.Context, t service.Target) (v2, error) {
	kind, err := c.tokenKind(ctx)
	if err != nil {
		return v2{}, err
	}
	return c.v2As(kind, t)
}

func (c *Client) v2As(kind service.TokenKind, t service.Target) (v2, error) {
	switch kind {
	case service.AccountToken:
		p, err := placeOf(t.Repo)
		if err != nil {
			return v2{}, err
		}
		// Its table of roles has no upload of coverage for Write at Bitbucket (codacy/docs#1129).
		return v2{c.account, kind, "/2.0" + rest.Path(p.provider, p.owner, p.name), strings.HasPrefix(p.provider, "bb")}, nil
	case service.NoToken:
		return v2{}, fault.WithHint(fault.Errorf(fault.Auth, "an upload to Codacy needs a token"),
			"set CODACY_PROJECT_TOKEN (from the repository's settings) or CODACY_API_TOKEN")
	default:
		return v2{client: c.repository, kind: kind, prefix: "/2.0"}, nil
	}
}

// coverage is where a language's coverage goes. A repository token has a path
// of its own, not only a shorter one.
func (v v2) coverage(commit, language string) string {
	if v.kind == service.AccountToken {
		return v.prefix + rest.Path("commit", commit, "coverage", language)
	}
	return v.prefix + rest.Path("coverage", commit, language)
}

func (v v2) commit(commit string, segments ...string) string {
	return v.prefix + rest.Path(append([]string{"commit", commit}, segments...)...)
}

// post sends a request and judges its answer by the body.
func (v v2) post(ctx context.Context, r rest.Request) (string, error) {
	r.Method = rest.MethodPost
	resp, err := v.client.Do(ctx, r)
	if err != nil {
		return "", err
	}
	return v.judge(r.Op, resp)
}

// twice sends what ends an upload. If the answer is lost it is sent once more:
// ended twice is ended.
func (v v2) twice(ctx context.Context, r rest.Request) (string, error) {
	text, err := v.post(ctx, r)
	if err == nil || !rest.Ambiguous(err) || ctx.Err() != nil {
		return text, err
	}
	return v.post(ctx, r)
}

// errClosed is a refusal because the same has come before: Codacy keeps what it
// has. No source shows that it does so; a job that runs again is no error.
var errClosed = errors.New("the service has it already")

// judge reads an answer of the v2 API. What counts is whether its JSON holds
// "success" or "error"; the status alone proves nothing, except where the body
// is not Codacy's: a proxy's page.
func (v v2) judge(op string, resp *rest.Response) (string, error) {
	var body struct {
		Success *string `json:"success"`
		Error   *string `json:"error"`
	}
	if json.Unmarshal(resp.Body, &body) == nil {
		switch {
		case body.Error != nil:
			return "", v.refusal(op, resp, *body.Error)
		case body.Success != nil && resp.Err() == nil:
			return *body.Success, nil
		}
	}
	switch {
	case resp.Status == rest.StatusRequestEntityTooLarge:
		return "", fault.WithHint(fault.As(fault.Service, resp.Err()),
			"Codacy takes at most 10 MB a request and parts are kept below that, so a proxy in between has a lower limit; raise it there")
	case resp.Err() != nil:
		return "", resp.Err()
	}
	if err := resp.Decode(&body); err != nil {
		return "", err
	}
	return "", fault.Errorf(fault.Service, "%s: Codacy answered %d with neither success nor error: %s", op, resp.Status, resp.Message())
}

// refusal turns the v2 API's error text into an error. Texts are all this API
// has; captured answers: 404 {"error":"not found"} for a bad token as well as
// for an unknown repository, 400 {"error":"Error posting coverage"}.
func (v v2) refusal(op string, resp *rest.Response, text string) error {
	lower := strings.ToLower(text)
	switch {
	case resp.Status == rest.StatusTooManyRequests, resp.Status >= 500:
		return resp.Err()
	case strings.Contains(lower, "expired"):
		return fault.WithHint(fault.Errorf(fault.Auth, "%s: the Codacy token has expired: %s", op, resp.Message()),
			"create a new one: gatewright token create --service codacy --name NAME --to-file FILE")
	case strings.Contains(lower, "not found"), resp.Status == rest.StatusUnauthorized, resp.Status == rest.StatusForbidden:
		return fault.WithHint(fault.Errorf(fault.Auth, "%s: Codacy does not know this token or this repository: %d %s", op, resp.Status, resp.Message()),
			"%s", v.notFoundHint())
	case strings.Contains(lower, "already"):
		return fmt.Errorf("%s: %w: %w: %d %s", op, fault.Input, errClosed, resp.Status, resp.Message())
	case strings.Contains(lower, "failed to create coverage") && !strings.Contains(lower, "parse"):
		// An outage of theirs, whatever the status (codacy-coverage-reporter#140).
		return fault.WithHint(fault.Errorf(fault.Service, "%s: %d %s", op, resp.Status, resp.Message()), "run it again later")
	default:
		return fault.Errorf(fault.Input, "%s: Codacy refused it: %d %s", op, resp.Status, resp.Message())
	}
}

func (v v2) notFoundHint() string {
	switch {
	case v.admin:
		return "check that the account token is still valid and its owner an administrator of the repository, write access is not enough at Bitbucket, and the names given by --provider, --organization and --repository"
	case v.kind == service.AccountToken:
		return "check that the account token is still valid and sees the repository, and the names given by --provider, --organization and --repository"
	}
	return "check that CODACY_PROJECT_TOKEN is the token of this very repository and was not revoked; if it is an account token, use CODACY_API_TOKEN"
}
