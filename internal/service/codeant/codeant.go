// Package codeant speaks to CodeAnt's CI endpoints: coverage by a presigned
// upload, analysis results scanner by scanner, and quality gates. The three
// grew apart: each names the same fields differently and takes the token
// elsewhere, so every call here carries it in the header and, where the
// endpoint has a field for it, in the body as well. CodeAnt answers 504 on a
// start for "queued" and 404 or 204 on results for "not ready yet".
package codeant

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// Client is CodeAnt through its API. It is safe for concurrent use.
type Client struct {
	api   *rest.Client // sends the token as a bearer
	token secret.Value // for the bodies that need it
	// dial makes a client without any credential for the origin of a presigned
	// address: storage refuses a second way to authenticate.
	dial func(system, origin string) (*rest.Client, error)
}

// New makes a client. Nothing is sent before the first call.
func New(c service.Connection) *Client {
	if !c.Token.Empty() && !c.Token.HasPrefix(tokenPrefix) {
		c.Tell("the token does not begin with " + tokenPrefix + ", as CodeAnt's API tokens do; it is used as it is")
	}
	return &Client{api: c.API.With(rest.Bearer(c.Token)), token: c.Token, dial: c.Dial}
}

// bodyToken puts the token into a JSON body, where some endpoints want it, and
// masks itself everywhere else.
type bodyToken struct{ value secret.Value }

// MarshalJSON writes the secret itself: it is called for request bodies only.
func (t bodyToken) MarshalJSON() ([]byte, error) { return json.Marshal(t.value.Expose()) }

// platform returns CodeAnt's name for the forge of a target about which it can
// be asked: the four that it knows have the same names here. It names the forge,
// never the CI system.
func platform(t service.Target) (string, error) {
	if !slices.Contains([]string{"github", "gitlab", "azuredevops", "bitbucket"}, t.Forge) {
		return "", service.NoForge("CodeAnt", t.Forge, "github, gitlab, azuredevops or bitbucket", "GitHub, GitLab, Azure DevOps and Bitbucket")
	}
	if t.Known() && t.Commit == "" {
		return "", fault.WithHint(fault.Errorf(fault.Input, "the commit is not known"), "name it with --commit")
	}
	return t.Forge, service.NeedRepository(t.Repo)
}

// forgeURL is the base URL that CodeAnt's scripts send where none was given.
func forgeURL(t service.Target) string {
	if own := strings.TrimRight(t.ForgeURL, "/"); own != "" && own != "https://bitbucket.org" {
		return own
	}
	return map[string]string{
		"github": "https://github.com", "gitlab": "https://gitlab.com", "azuredevops": "https://dev.azure.com", "bitbucket": "https://api.bitbucket.org/2.0",
	}[t.Forge]
}

// call posts JSON and returns the answer whatever its status, except that a
// refused token is an error with its hint.
func (c *Client) call(ctx context.Context, r rest.Request) (*rest.Response, error) {
	r.Method = rest.MethodPost
	resp, err := c.api.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if resp.Status == rest.StatusUnauthorized || resp.Status == rest.StatusForbidden {
		return nil, fault.WithHint(resp.Err(),
			"check that the CodeAnt token was not revoked and belongs to this organization; CodeAnt also answers 403 when a quota is used up")
	}
	return resp, nil
}

// results asks for what was started and reads it into out, once it is there: one
// that names another commit is an older one.
func (c *Client) results(ctx context.Context, r rest.Request, commit string, out any) (resp *rest.Response, there bool, err error) {
	r.Repeat = rest.Always
	resp, err = c.call(ctx, r)
	if err != nil || resp.Status == rest.StatusNotFound || resp.Status == rest.StatusNoContent || !service.MayBeCommit(service.ParseObject(resp.Body).Text("commit_id"), commit) {
		return resp, false, err
	}
	return resp, true, resp.Into(ctx, out)
}

// startTries is how often a start is sent whose answer was lost: what is started
// twice for one commit is one analysis.
const startTries = 3

// start sends a request that begins work. Its 504 says that the work goes on
// (see started), so it is not left to the usual retries, which would begin it
// anew; any other trouble is.
func (c *Client) start(ctx context.Context, op, path string, body any) (status string, err error) {
	for try := 1; ; try++ {
		status, err = c.begin(ctx, rest.Request{Op: op, Path: path, JSON: body})
		if err == nil || !rest.Ambiguous(err) || try == startTries || ctx.Err() != nil {
			return status, err
		}
		select {
		case <-time.After(time.Duration(try) * time.Second):
		case <-ctx.Done():
			return "", err
		}
	}
}

// begin sends a start or a completion and judges its answer. 504 is the API
// gateway's way to say that the work goes on.
func (c *Client) begin(ctx context.Context, r rest.Request) (status string, err error) {
	resp, err := c.call(ctx, r)
	switch {
	case err != nil:
		return "", err
	case resp.Status == rest.StatusGatewayTimeout:
		return "queued", nil
	case resp.Err() != nil:
		return "", resp.Err()
	case bytes.HasPrefix(bytes.TrimSpace(resp.Body), []byte("<")):
		return "", resp.Decode(&struct{}{}) // a page, which says that something else answered
	case statusWord(resp.Body) == "error": // which CodeAnt has been seen to send with status 200
		return "", fault.Errorf(fault.Service, "CodeAnt answered %d with an error: %s", resp.Status, resp.Message())
	}
	return "started", nil
}

// statusWord returns the lower-case "status" of a JSON object, whatever its case
// ("Status"), or "" if it has none. One that is no text is no word that is known.
func statusWord(body []byte) string {
	var o struct {
		Status json.RawMessage `json:"status"`
	}
	_ = json.Unmarshal(body, &o) // anything else has none
	var word string
	if json.Unmarshal(o.Status, &word) != nil {
		word = string(o.Status)
	}
	return strings.ToLower(word)
}
