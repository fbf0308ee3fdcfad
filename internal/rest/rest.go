// Package rest is the one HTTP client. Every request has a deadline, a bounded
// body, retries only where repeating is safe, and credentials that never leave
// the origin they were configured for. Errors name the operation, the host, the
// status and the server's own words, and carry no secret.
package rest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
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

// Config is everything a client needs. Only System and BaseURL are required.
type Config struct {
	System       string        // name for messages: "Codacy"
	BaseURL      string        // origin, and a path prefix if the API lives below one
	Credential   Credential    // sent to BaseURL's origin and nowhere else
	InsecureHTTP bool          // allow plain http to hosts other than loopback
	UserAgent    string        // "gatewright/1.2.3"
	Timeout      time.Duration // for one attempt, body included; default 30 s
	Tries        int           // attempts in all; default 4
	MaxWait      time.Duration // longest wait between attempts that is obeyed; default 2 min
	MaxBody      int64         // longest answer that is read; default 32 MiB
	Pace         Pacer         // nil: no pacing beyond honouring Retry-After
	Redact       *secret.Redactor
	RootCAs      *x509.CertPool                   // nil: the system's
	Proxy        func(*url.URL) (*url.URL, error) // nil: the usual environment variables
	Notify       func(string)                     // told before every wait; may be nil
	Clock        *ServerClock                     // told the server's time with every answer; may be nil
	EndsHeader   string                           // in which answers say when the credential expires; "" is none
	Cache        *Cache                           // of answers to conditional requests; may be nil
	Transport    http.RoundTripper                // nil: the real one; for tests
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

func withDefaults(cfg Config) Config {
	if cfg.Timeout == 0 {
		cfg.Timeout = 30 * time.Second
	}
	if cfg.Tries == 0 {
		cfg.Tries = 4
	}
	if cfg.MaxWait == 0 {
		cfg.MaxWait = 2 * time.Minute
	}
	if cfg.MaxBody == 0 {
		cfg.MaxBody = 32 << 20
	}
	if cfg.UserAgent == "" {
		cfg.UserAgent = "gatewright"
	}
	if cfg.Redact == nil {
		cfg.Redact = &secret.Redactor{}
	}
	return cfg
}

func parseBase(cfg Config) (*url.URL, error) {
	u, ok := address.Web(strings.TrimRight(cfg.BaseURL, "/"))
	if !ok || u.RawQuery != "" || u.Fragment != "" {
		return nil, badAddress(cfg.System)
	}
	if strings.Contains(cfg.BaseURL, "@") {
		return nil, fault.Errorf(fault.Input, "%s address for %s holds credentials; put them in the token variable", cfg.System, u.Host)
	}
	if err := allowPlain(u, cfg.InsecureHTTP); err != nil {
		return nil, err
	}
	return u, nil
}

func allowPlain(u *url.URL, insecure bool) error {
	if u.Scheme == "https" || insecure || isLoopback(u.Hostname()) {
		return nil
	}
	return fault.WithHint(
		fault.Errorf(fault.Input, "refusing to send a credential in clear to http://%s", u.Host),
		"use https, or --insecure-http if the network in between is yours")
}

func isLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// With returns a client that differs in its credential alone: connections and
// pacing are shared.
func (c *Client) With(cred Credential) *Client {
	cfg := c.cfg
	cfg.Credential, cfg.Transport = cred, c.wire
	n := &Client{cfg: cfg, base: c.base, wire: c.wire}
	n.retry = n.newRetry()
	return n
}

// BaseURL is the address the client was made for, without a trailing slash.
func (c *Client) BaseURL() string { return c.base.String() }

// System is the name the client uses for its server in messages.
func (c *Client) System() string { return c.cfg.System }

// Redact scrubs known secrets from text that came from the server.
func (c *Client) Redact(text string) string { return c.cfg.Redact.Clean(text) }

// HTTP returns the same behaviour as an ordinary http.Client (origin-bound
// credential, retries, pacing, redirects), for libraries that want one. Such
// libraries keep count of rate limits in their own way and refuse requests by
// it; the answers come without the limits' headers, because the waiting is
// done here.
func (c *Client) HTTP() *http.Client {
	return &http.Client{
		Transport:     &libraryTransport{client: c},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Request is one call. Path is appended to the base URL and must already be
// escaped, segment by segment (see Path).
type Request struct {
	Op          string // what is being done, in words: "store TOKEN in acme/api"
	Method      string
	Path        string
	Query       url.Values
	Header      map[string]string
	JSON        any    // body, encoded; mutually exclusive with Body
	Body        []byte // raw body
	ContentType string // of Body
	Repeat      Repeat
	// Stored says that the answer may be at another origin, where a redirect with
	// a signature leads. No credential goes there.
	Stored bool
	// Later says that 202 is a success: what was asked for is done in its time.
	Later bool
}

// Repeat says whether a request may be sent again after an unclear failure.
type Repeat int

// By default the method decides: GET, HEAD, PUT, DELETE and OPTIONS may be repeated.
const (
	ByMethod Repeat = iota
	Always          // safe to repeat whatever the method
	Never           // repeat only if it surely did not happen
)

// Response is an answer, read to its end.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	client  *Client
	op      string
	method  string
	url     string
	limit   Limit
	unclear bool
	later   bool
}

// Do sends the request and reads the answer, whatever its status; an error
// means that there was none. Use Call for the usual case.
func (c *Client) Do(ctx context.Context, r Request) (*Response, error) {
	hr, err := c.newRequest(ctx, r)
	if err != nil {
		return nil, err
	}
	var body []byte
	// Read within the retry loop, so that a truncated answer is asked for again.
	hr.SetResponseHandler(func(resp *http.Response) error {
		defer func() { _ = resp.Body.Close() }()
		var err error
		body, err = readBounded(resp.Body, resp.ContentLength, c.cfg.MaxBody)
		return err
	})
	resp, err := c.retry.Do(hr)
	if err != nil {
		return nil, c.connectionError(r, hr.URL, err, attemptsOf(hr.Context()).failure)
	}
	if body == nil { // the last of several tries, which the handler is not shown
		defer func() { _ = resp.Body.Close() }()
		if body, err = readBounded(resp.Body, resp.ContentLength, c.cfg.MaxBody); err != nil {
			return nil, c.connectionError(r, hr.URL, err, attemptsOf(hr.Context()).failure)
		}
	}
	return &Response{Status: resp.StatusCode, Header: resp.Header, Body: body, client: c, op: r.Op, method: r.Method, url: safeURL(hr.URL), unclear: Unclear(resp), limit: limitOf(resp), later: r.Later}, nil
}

// Call sends the request, demands a 2xx answer and decodes its JSON into out,
// which may be nil: then whatever comes is fine, but for a web page. Any other
// status is a *StatusError. After an error nothing may read out.
func (c *Client) Call(ctx context.Context, r Request, out any) (*Response, error) {
	resp, err := c.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	return resp, resp.Into(ctx, out)
}

// longBody is the size from which on an answer takes so long to be taken apart
// that an interrupt would be noticed late.
const longBody = 1 << 20

// Into judges the answer and reads it into out, which may be nil where nothing
// is expected. After an error nothing may read out.
func (r *Response) Into(ctx context.Context, out any) error {
	if len(r.Body) < longBody {
		return r.into(out)
	}
	read := make(chan error, 1)
	go func() { read <- r.into(out) }()
	select {
	case err := <-read:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%s: %w", r.op, ctx.Err())
	}
}

func (r *Response) into(out any) error {
	switch err := r.Err(); {
	case err != nil:
		return err
	case out == nil:
		return r.noPage()
	default:
		return r.Decode(out)
	}
}

// Adopt makes the answer that a library got over this client, and read to its
// end, one of this package.
func (c *Client) Adopt(op string, resp *http.Response, body []byte) *Response {
	r := &Response{Status: resp.StatusCode, Header: resp.Header, Body: body, client: c, op: op, unclear: Unclear(resp), limit: limitOf(resp)}
	if resp.Request != nil {
		r.method, r.url = resp.Request.Method, safeURL(resp.Request.URL)
	}
	return r
}

// Path joins segments, escaping each, with a leading slash.
func Path(segments ...string) string {
	var b strings.Builder
	for _, s := range segments {
		b.WriteByte('/')
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}

// Ambiguous reports whether the request of this error may have taken effect at
// the server although no usable answer arrived, so that only looking can tell.
func Ambiguous(err error) bool {
	if errors.As(err, new(afterLost)) {
		return true
	}
	var w otherWay
	if errors.As(err, &w) {
		return !w.NoEffect()
	}
	var e *ConnectionError
	if errors.As(err, &e) {
		return e.Sent
	}
	if _, ok := unusable(err); ok {
		return true
	}
	var s *StatusError
	return errors.As(err, &s) && s.Status >= 500 && s.Status != http.StatusNotImplemented
}

// Refused reports whether err proves that its request had no effect at the
// server: it answered with a 4xx, and no earlier attempt was left without an
// answer; or it never got the request. An answer that cannot be read proves nothing.
func Refused(err error) bool {
	if errors.As(err, new(afterLost)) {
		return false
	}
	var w otherWay
	if errors.As(err, &w) {
		return w.NoEffect()
	}
	var e *ConnectionError
	if errors.As(err, &e) {
		return !e.Sent
	}
	var s *StatusError
	return errors.As(err, &s) && !s.Unclear && s.Status >= 400 && s.Status < 500 && s.Status != http.StatusRequestTimeout
}

// otherWay is an error of a request that went another way than HTTP, and knows
// whether it surely had no effect.
type otherWay interface{ NoEffect() bool }

func safeURL(u *url.URL) string {
	return fmt.Sprintf("%s://%s%s", u.Scheme, u.Host, u.EscapedPath())
}
