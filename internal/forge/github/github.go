// Package github is the forge GitHub, at github.com or on an Enterprise Server:
// its secret stores, repositories, comments and commit statuses. go-github
// writes the requests and reads the answers; credential, waiting, retries and
// pacing are rest's.
package github

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Client is the forge. It is safe for concurrent use.
type Client struct {
	rest      *rest.Client
	send      sender
	options   forge.WriteOptions
	installed bool          // the credential is an installation's, not a user's
	app       *installation // nil if the credential is a token

	keys forge.Memory[publicKey]  // by place
	seen forge.Memory[repository] // by owner/name, as last listed or read
}

// newOn makes the client on one whose base URL is that of the API:
// https://api.github.com, or https://HOST/api/v3.
func newOn(c *rest.Client, o forge.WriteOptions, installed bool, app *installation) (*Client, error) {
	base, err := url.Parse(c.BaseURL() + "/")
	if err != nil {
		return nil, fault.Errorf(fault.Input, "%s address: %w", c.System(), err)
	}
	gh := github.NewClient(c.HTTP())
	gh.BaseURL = base
	client := &Client{rest: c, options: o, installed: installed, app: app}
	client.send = client.senderOf(gh)
	return client, nil
}

// path joins escaped segments without a leading slash, as go-github needs it.
func path(segments ...string) string { return strings.TrimPrefix(rest.Path(segments...), "/") }

// call sends one request and decodes its answer into out, which may be nil.
func (c *Client) call(ctx context.Context, r rest.Request, out any) (*github.Response, error) {
	return c.send(ctx, r, out)
}

// fail turns an error of go-github into one of rest, whose kind and hint say
// what to do next.
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
	return hint(c.rest.Foreign(op, resp.Response, message, err), resp, message)
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
// 403 {"message":"Must have admin rights to Repository."}
// 403 {"message":"You must be an org admin or have the actions secrets fine-grained permission."}
// 403 {"message":"Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization."}
// 403 {"message":"Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource."}
// 403 {"message":"Max number of login attempts exceeded. Please try again later."}
// 403 {"message":"Repository was archived so is read-only."}
func hint(err error, resp *github.Response, message string) error {
	says := func(words string) bool { return strings.Contains(message, words) }
	switch status := resp.StatusCode; {
	case fault.Hint(err) != "": // a rate limit
		return err
	case status == 401:
		return fault.WithHint(err, "the token is wrong, revoked or expired: set GH_TOKEN to a valid one")
	case status == 403 && resp.Header.Get("X-Github-Sso") != "":
		return fault.WithHint(err, "authorise the token for the organization's single sign-on%s", ssoAddress(resp))
	case status == 403 && says("SAML"):
		return fault.WithHint(err, "authorise the token for the organization's single sign-on, on the page of your tokens at GitHub")
	case status == 403 && says("IP allow list"):
		return fault.WithHint(err, "run where the organization's IP allow list lets requests come from")
	case status == 403 && says("login attempt"):
		return fault.WithHint(err, "a wrong token was sent too often, and GitHub refuses right ones as well for a while: set GH_TOKEN to a valid one, and wait some minutes")
	case status == 403 && says("archived"):
		return fault.WithHint(err, "unarchive the repository or leave it out")
	case status == 403 && (says("not accessible by") || says("admin rights") || says("org admin")):
		return fault.WithHint(err, "%s", permissionHint(resp, says("by integration")))
	case status == 404 && resp.Request != nil && strings.Contains(resp.Request.URL.Path, "/environments/"):
		return fault.WithHint(err, "check that the repository has the environment; an old Enterprise Server may not know environments by their names")
	case status == 404:
		return fault.WithHint(err, "check the name; GitHub also says 404 for what the token may not see (scope repo, for an organization admin:org)")
	default:
		return err
	}
}

// ssoAddress is where a token is authorised, from "required; url=https://…",
// for the end of a sentence.
func ssoAddress(resp *github.Response) string {
	_, address, _ := strings.Cut(resp.Header.Get("X-Github-Sso"), "url=")
	if u, err := url.Parse(address); err != nil || u.Scheme != "https" {
		return ", on the page of your tokens at GitHub"
	}
	return ": " + address
}

// permissionHint names the permission that a refused request needs, as GitHub
// does in a header where it knows ("secrets=write"). A job that runs code of
// strangers must never be given more than it needs, so whoever asked for a
// comment is not told to use an App that writes secrets.
func permissionHint(resp *github.Response, integration bool) string {
	at := ""
	if resp.Request != nil {
		at = resp.Request.URL.Path
	}
	needs := resp.Header.Get("X-Accepted-Github-Permissions")
	if !strings.HasSuffix(at, "/actions/runs") { // which are only ever read
		needs = strings.ReplaceAll(needs, "=read", "=write")
	}
	needs = strings.ReplaceAll(needs, "=", ": ")
	secrets := strings.Contains(at, "/secrets")
	switch {
	case secrets && integration:
		return "a workflow's own GITHUB_TOKEN cannot reach secrets: use a GitHub App with the permission " + cmp.Or(needs, "secrets: write") + ", or a personal access token"
	case secrets:
		return "give the token the permission " + cmp.Or(needs, "secrets: write") + " (a classic one the scope repo, for an organization admin:org), and its user administration rights"
	case integration:
		if needs == "" {
			needs = "pull-requests: write for comments, statuses: write for statuses"
		}
		return "give the job these permissions in its workflow: " + needs + "; the run of a fork's pull request has a token that may only read, so comment from a workflow_run"
	default:
		return "give the token the permission " + cmp.Or(needs, "for what was asked")
	}
}
