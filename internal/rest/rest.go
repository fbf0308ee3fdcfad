// Package rest is the one HTTP client. Every request has a deadline, a bounded
// body, retries only where repeating is safe, and credentials that never leave
// the origin they were configured for. Errors name the operation, the host, the
// status and the server's own words, and carry no secret.
package rest

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// Pacer spreads the requests of one budget, so that a rate limit met by one
// worker holds back all of them. Acquire blocks until req may be sent, and
// returns the function to call once with its answer, nil if there was none. That
// function may replace the answer's body after looking into it. The pace
// package has the real one.
type Pacer interface {
	Acquire(ctx context.Context, req *http.Request) (done func(*http.Response) Limit, err error)
}

// Limit says whether an answer refused its request for the rate alone. Such a
// request surely did nothing, unless Unclear, and may be sent again, whatever
// its method, once Wait is over; the next Acquire waits for that.
type Limit struct {
	Reached bool
	Wait    time.Duration
	Unclear bool   // it was not said in so many words: only what may be repeated is sent again
	Guess   string // then what it probably is: "probably the rate limit of …"
}

// Client talks to one origin. It is safe for concurrent use.
type Client struct {
	cfg   Config
	base  *url.URL
	wire  http.RoundTripper // below all rules: connections
	retry *retryablehttp.Client
}

// New makes a client, refusing an address that would send credentials in clear.
func New(cfg Config) (*Client, error) {
	cfg = withDefaults(cfg)
	base, err := parseBase(cfg)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, base: base}
	c.wire = c.roundTripper()
	c.retry = c.newRetry()
	return c, nil
}

// With returns a client that differs in its credential alone: connections and
// pacing are shared.
func (c *Client) With(cred Credential) *Client {
	n := &Client{cfg: c.cfg, base: c.base, wire: c.wire}
	n.cfg.Credential = cred
	n.retry = n.newRetry() // which refers to the client that it belongs to
	return n
}

// BaseURL is the address the client was made for, without a trailing slash.
func (c *Client) BaseURL() string { return c.base.String() }

// System is the name the client uses for its server in messages.
func (c *Client) System() string { return c.cfg.System }

// Redact scrubs known secrets from text that came from the server.
func (c *Client) Redact(text string) string { return c.cfg.Redact.Clean(text) }

// Do sends the request and reads the answer, whatever its status; an error
// means that there was none. Use Call for the usual case.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	r.Method = cmp.Or(r.Method, MethodGet)
	hr, err := c.newRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	resp, body, err := c.exchange(hr)
	if err != nil {
		return nil, c.connectionError(r, hr.URL, err, attemptsOf(hr.Context()).failure)
	}
	return c.response(r, hr.URL, resp, body), nil
}

// exchange sends the request and reads the answer to its end: within the retry
// loop, so that one cut short is asked for again instead of being an answer.
func (c *Client) exchange(hr *retryablehttp.Request) (resp *http.Response, body []byte, err error) {
	read := func(resp *http.Response) (err error) {
		defer func() { _ = resp.Body.Close() }()
		body, err = readBounded(resp.Body, resp.ContentLength, c.cfg.MaxBody)
		return err
	}
	hr.SetResponseHandler(read)
	resp, err = c.retry.Do(hr)
	if err == nil && body == nil { // the last of several tries, which the handler is not shown
		err = read(resp)
	}
	return resp, body, err
}

// Call sends the request, demands a 2xx answer and decodes its JSON into out,
// which may be nil: then whatever comes is fine, but for a web page. Any other
// status is a *StatusError. The response is nil if there was none; after an
// error nothing may read out.
func (c *Client) Call(ctx context.Context, r Request, out any) (*Response, error) {
	resp, err := c.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return resp, resp.Into(ctx, out)
}
