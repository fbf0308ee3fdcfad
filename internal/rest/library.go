package rest

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-retryablehttp"
)

// HTTP returns the same behaviour as an ordinary http.Client (origin-bound
// credential, retries, pacing, redirects), for libraries that want one. Such
// libraries keep count of rate limits in their own way and refuse requests by
// it; the answers come without the limits' headers, because the waiting is
// done here.
func (c *Client) HTTP() *http.Client {
	return &http.Client{Transport: &libraryTransport{client: c}}
}

// libraryTransport sends a library's requests as this client's own are sent.
type libraryTransport struct{ client *Client }

// RoundTrip returns answers that have been read to their end.
func (t *libraryTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	hr, err := retryablehttp.FromRequest(req.WithContext(withAttempts(req.Context())))
	if err != nil {
		return nil, err
	}
	resp, body, err := t.client.exchange(hr)
	if err != nil {
		if ue, ok := errors.AsType[*url.Error](err); ok {
			err = ue.Err // the library's own client wraps it once more
		}
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	for _, h := range []string{"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Used", "X-Ratelimit-Reset", "X-Ratelimit-Resource"} {
		resp.Header.Del(h)
	}
	return resp, nil
}

// Adopt makes the answer that a library got over this client, and read to its
// end, one of this package.
func (c *Client) Adopt(op string, resp *http.Response, body []byte) *Response {
	r, u := Request{Op: op}, c.base
	if resp.Request != nil {
		r.Method, u = resp.Request.Method, resp.Request.URL
	}
	return c.response(r, u, resp, body)
}
