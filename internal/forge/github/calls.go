package github

import (
	"bytes"
	"context"

	"github.com/google/go-github/v62/github"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// sender sends a request of go-github's and decodes the answer into out, which
// may be nil. Of r it takes operation, method, path without a leading slash, and
// body. A field that holds go-github's Client would let the linker believe that
// reflection may reach every method of every one of its services, a fifth of the
// whole program; a function hides it.
type sender func(ctx context.Context, r rest.Request, out any) (*github.Response, error)

func (c *Client) senderOf(gh *github.Client) sender {
	return func(ctx context.Context, r rest.Request, out any) (*github.Response, error) {
		req, err := gh.NewRequest(r.Method, r.Path, r.JSON)
		if err != nil {
			return nil, fault.Errorf(fault.Bug, "%s: %w", r.Op, err)
		}
		var text bytes.Buffer
		resp, err := gh.Do(ctx, req, &text)
		if err != nil {
			return resp, c.fail(r.Op, resp, err)
		}
		return resp, c.rest.Adopt(r.Op, resp.Response, text.Bytes()).Into(ctx, out)
	}
}
