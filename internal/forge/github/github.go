// Package github is the forge GitHub, at github.com or on an Enterprise Server:
// its secret stores, repositories, comments and commit statuses. go-github
// writes the requests and receives the answers; credential, waiting, retries and
// pacing are rest's, and so is the reading.
package github

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// Client is the forge. It is safe for concurrent use.
type Client struct {
	rest      *rest.Client
	call      rest.Caller // sends one request and decodes its answer into out, which may be nil
	options   forge.WriteOptions
	installed bool          // the credential is an installation's, not a user's
	app       *installation // nil if the credential is a token

	keys forge.Memory[forge.Key]   // by place
	seen forge.Memory[*repository] // by owner/name, as last listed or read
}

// path joins escaped segments without a leading slash, as go-github needs it.
func path(segments ...string) string { return strings.TrimPrefix(rest.Path(segments...), "/") }

// callerOn returns what sends requests with go-github, on a client whose base URL is
// that of the API: https://api.github.com, or https://HOST/api/v3. Of a request it
// takes operation, method, path without a leading slash, query, and body. It is a
// function, since a field that holds go-github's Client would let the linker believe
// that reflection may reach every method of every one of its services, a fifth of the
// whole program.
func callerOn(c *rest.Client) (rest.Caller, error) {
	base, err := url.Parse(c.BaseURL() + "/")
	if err != nil {
		return nil, fault.Errorf(fault.Input, "%s address: %w", c.System(), err)
	}
	gh := github.NewClient(c.HTTP())
	gh.BaseURL = base
	return func(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
		if len(r.Query) > 0 {
			r.Path += "?" + r.Query.Encode()
		}
		req, err := gh.NewRequest(r.Method, r.Path, r.JSON)
		if err != nil {
			return nil, fault.Errorf(fault.Bug, "%s: %w", r.Op, err)
		}
		var text bytes.Buffer
		resp, err := gh.Do(ctx, req, &text)
		switch {
		case err == nil:
			adopted := c.Adopt(r.Op, resp.Response, text.Bytes())
			return adopted, adopted.Into(ctx, out)
		case resp == nil || resp.Response == nil:
			return nil, c.Foreign(r.Op, err)
		case resp.StatusCode < 300:
			return nil, fault.WithHint(
				fault.Errorf(fault.Service, "%s: %s answered %d with something else than the JSON expected", r.Op, c.System(), resp.StatusCode),
				"check the base URL; a proxy or a login page may stand in between")
		}
		refusal := c.Adopt(r.Op, resp.Response, refused(resp, err))
		return refusal, refusal.Err()
	}, nil
}

// refused returns the body of a refusal, which go-github has read and put back.
// After a secondary limit it refuses by itself for as long as that lasts, with an
// answer that nobody gave and that has no body: its own words stand for one.
func refused(resp *github.Response, err error) []byte {
	body, _ := io.ReadAll(resp.Body) // from memory
	if limit, ok := errors.AsType[*github.AbuseRateLimitError](err); ok && len(body) == 0 {
		return []byte(limit.Message)
	}
	return body
}

// pages reads a list to its end, by the links of its answers, in the longest pages
// that GitHub has. A full page without a link to the next is not believed to be the
// last: something on the way may have taken the link away, and an answer that has not
// changed (304) is one whose rows are the same, also where it was the last page then
// and no longer is (app-sre/github-mirror#113, #290).
func pages[P, T any](ctx context.Context, c *Client, r rest.Request, rows func(P) []T) iter.Seq2[T, error] {
	r.Query = rest.Query(r.Query, "per_page", strconv.Itoa(most), "page", "1")
	return rest.Pages(ctx, c.whole, r, func(page P, at rest.Place) ([]T, url.Values, error) {
		list := rows(page)
		next, err := following(at, len(list))
		return list, next, err
	})
}

const most = 100

// following returns the query of the page behind one of n rows, nil behind the last.
func following(at rest.Place, n int) (url.Values, error) {
	next, err := at.Next()
	if err == nil && next == nil && n == most && at.Query.Has("page") { // links may have gone on at a cursor
		next = at.Numbered()
	}
	return next, err
}

// whole asks for a page of a list and refuses it where GitHub left out what the token
// has not been authorised for: a plan over a part would look like one over all.
func (c *Client) whole(ctx context.Context, r rest.Request, out any) (*rest.Response, error) {
	resp, err := c.call(ctx, r, out)
	if err == nil {
		err = partial(r.Op, resp)
	}
	return resp, err
}

func partial(op string, resp *rest.Response) error {
	if sso := resp.Header.Get("X-Github-Sso"); strings.HasPrefix(sso, "partial-results") {
		return fault.WithHint(fault.Errorf(fault.Auth, "%s: GitHub left out a part, because the token is not authorised for the single sign-on of every organization (%s)", op, sso),
			"authorise the token for the organization's single sign-on, on the page of your tokens at GitHub")
	}
	return nil
}
