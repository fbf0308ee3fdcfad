package rest

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/trace"
)

func (c *Client) newRetry() *retryablehttp.Client {
	rc := retryablehttp.NewClient()
	rc.Logger = nil
	rc.RetryMax = c.cfg.Tries - 1
	rc.CheckRetry = c.checkRetry
	rc.Backoff = c.backoff
	rc.ErrorHandler = retryablehttp.PassthroughErrorHandler
	rc.HTTPClient = &http.Client{
		Transport:     &originTransport{client: c, next: c.wire},
		CheckRedirect: c.checkRedirect,
	}
	return rc
}

func (c *Client) roundTripper() http.RoundTripper {
	if c.cfg.Transport != nil {
		return c.cfg.Transport
	}
	t := http.DefaultTransport.(*http.Transport).Clone() // always that type unless a test replaced it
	t.TLSClientConfig = &tls.Config{RootCAs: c.cfg.RootCAs, MinVersion: tls.VersionTLS12}
	t.MaxIdleConnsPerHost = 32
	t.ResponseHeaderTimeout = c.cfg.Timeout
	t.DialContext = countDials(t.DialContext)
	t.OnProxyConnectResponse = checkProxy
	t.Proxy = func(r *http.Request) (*url.URL, error) { return c.proxy(r.URL) }
	return t
}

// originTransport adds the credential on the way out, so that no redirect and
// no library can carry it elsewhere, and paces every attempt.
type originTransport struct {
	client *Client
	next   http.RoundTripper
}

func (t *originTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	c := t.client
	req = req.Clone(req.Context())
	for _, h := range credentialHeaders() {
		req.Header.Del(h)
	}
	req.Header.Set("User-Agent", c.cfg.UserAgent)
	resp, used, err := t.send(req, secret.Value{})
	if err != nil || resp.StatusCode != http.StatusUnauthorized || !c.cfg.Credential.renews || used.Empty() || !rewind(req) {
		return resp, err
	}
	again, _, err := t.send(req, used)
	if errors.Is(err, errNothingNew) {
		return resp, nil
	}
	_ = resp.Body.Close()
	return again, err
}

// errNothingNew says that there is no other credential than the rejected one.
var errNothingNew = errors.New("no other credential")

// rewind makes the request's body ready to be sent again.
func rewind(req *http.Request) bool {
	if req.Body == nil || req.Body == http.NoBody {
		return true
	}
	if req.GetBody == nil {
		return false
	}
	body, err := req.GetBody()
	req.Body = body
	return err == nil
}

// send waits for the pacer, adds the credential as it is by then, and sends.
// rejected is the one that the server refused before, if any.
func (t *originTransport) send(req *http.Request, rejected secret.Value) (*http.Response, secret.Value, error) {
	c := t.client
	done := func(*http.Response) Limit { return Limit{} }
	if c.cfg.Pace != nil {
		var err error
		if done, err = c.cfg.Pace.Acquire(req.Context(), req); err != nil {
			return nil, secret.Value{}, err
		}
	}
	used, err := t.sign(req, rejected)
	if err != nil {
		done(nil)
		return nil, used, err
	}
	known := c.cfg.Cache.ask(req)
	resp, err := t.attempt(req)
	if limit := done(resp); limit.Reached && resp != nil {
		resp.Request = req.WithContext(context.WithValue(req.Context(), limitKey{}, limit))
	}
	return c.cfg.Cache.answer(req, known, resp), used, err
}

// sign adds the credential, to this client's own origin alone.
func (t *originTransport) sign(req *http.Request, rejected secret.Value) (secret.Value, error) {
	c := t.client
	if !sameOrigin(req.URL, c.base) || c.cfg.Credential.source == nil {
		return secret.Value{}, nil
	}
	v, err := c.cfg.Credential.source(context.WithValue(req.Context(), rejectedKey{}, rejected))
	if err != nil || v.Empty() {
		return v, err
	}
	if !rejected.Empty() && v.Equal(rejected) {
		return v, errNothingNew
	}
	c.cfg.Redact.Add(v)
	req.Header.Set(c.cfg.Credential.header, c.cfg.Credential.render(v.Expose()))
	return v, nil
}

// limitKey marks the request of an answer that the pacer took for a rate limit.
type limitKey struct{}

func limitOf(resp *http.Response) Limit {
	if resp == nil || resp.Request == nil {
		return Limit{}
	}
	l, _ := resp.Request.Context().Value(limitKey{}).(Limit)
	return l
}

// attempt sends one request and bounds its time, which begins only now: a wait
// for the pacer is not the server's.
func (t *originTransport) attempt(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(context.WithValue(req.Context(), dialsKey{}, new(atomic.Int32)), t.client.cfg.Timeout)
	began := time.Now()
	if req.ContentLength > 0 {
		req.Body = trace.Body(ctx, req.Method+" "+safeURL(req.URL), req.Body, req.ContentLength)
	}
	resp, err := t.next.RoundTrip(req.WithContext(ctx))
	traceAttempt(req, began, resp, err)
	if err != nil {
		cancel()
		return nil, attemptError(req.Context(), err)
	}
	if resp.Request == nil {
		resp.Request = req
	}
	t.client.cfg.Clock.observe(resp, time.Now(), t.client.cfg.EndsHeader)
	resp.Body = &attemptBody{ReadCloser: resp.Body, parent: req.Context(), cancel: cancel}
	return resp, nil
}

// attemptBody keeps the attempt's time limit over the reading of its answer.
type attemptBody struct {
	io.ReadCloser
	parent context.Context
	cancel func()
}

func (b *attemptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	return n, attemptError(b.parent, err)
}

func (b *attemptBody) Close() error {
	defer b.cancel()
	return b.ReadCloser.Close()
}

// errAttempt is an attempt that took too long, as distinct from the caller's
// own deadline. It is a net.Error with Timeout true.
type errAttempt struct{}

func (errAttempt) Error() string   { return "no answer in time" }
func (errAttempt) Timeout() bool   { return true }
func (errAttempt) Temporary() bool { return true }

func attemptError(parent context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && parent.Err() == nil {
		return errAttempt{}
	}
	return err
}

// libraryTransport hides the rate-limit headers from a library that would act
// on them by itself, and reads each answer to its end within the retry loop, so
// that one cut short is asked for again.
type libraryTransport struct{ client *Client }

func (t *libraryTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	hr, err := retryablehttp.FromRequest(req.WithContext(withAttempts(req.Context())))
	if err != nil {
		return nil, err
	}
	var body []byte
	hr.SetResponseHandler(func(resp *http.Response) error {
		defer func() { _ = resp.Body.Close() }()
		var err error
		body, err = readBounded(resp.Body, resp.ContentLength, t.client.cfg.MaxBody)
		return err
	})
	resp, err := t.client.retry.Do(hr)
	if err == nil && body == nil { // the last of several tries, which the handler is not shown
		defer func() { _ = resp.Body.Close() }()
		body, err = readBounded(resp.Body, resp.ContentLength, t.client.cfg.MaxBody)
	}
	if err != nil {
		var ue *url.Error
		if errors.As(err, &ue) {
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

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && a.Hostname() == b.Hostname() && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// checkRedirect follows redirects of requests without a body; of those that
// carry a credential, within their origin: what another answers, unasked with a
// credential, is not the service's word. One with a body is followed only
// where the method is kept: a POST turned into a GET would look like success.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) >= 10 {
		return redirectError("stopped after 10 redirects")
	}
	if err := allowPlain(req.URL, c.cfg.InsecureHTTP); err != nil {
		return redirectError(fmt.Sprintf("%s was redirected to plain http, %s", first.Method, safeURL(req.URL)))
	}
	reads := first.Method == http.MethodGet || first.Method == http.MethodHead
	if !reads && req.Method != first.Method {
		return redirectError(fmt.Sprintf("%s was redirected to %s, which would turn it into a %s", first.Method, safeURL(req.URL), req.Method))
	}
	stored, _ := req.Context().Value(storedKey{}).(bool)
	if !sameOrigin(req.URL, c.base) && (!reads || c.cfg.Credential.source != nil && !stored) {
		return redirectError(fmt.Sprintf("%s was redirected to another origin, %s", first.Method, safeURL(req.URL)))
	}
	return nil
}

type storedKey struct{}

func redirectError(text string) error {
	return fault.WithHint(fault.Errorf(fault.Service, "%s", text), "set the base URL to the final address")
}

func (c *Client) newRequest(ctx context.Context, r Request) (*retryablehttp.Request, error) {
	body := r.Body
	contentType := r.ContentType
	if r.JSON != nil {
		enc, err := json.Marshal(r.JSON)
		if err != nil {
			return nil, fault.Errorf(fault.Bug, "%s: encode request: %w", r.Op, err)
		}
		body, contentType = enc, "application/json"
	}
	u := c.base.String() + r.Path
	if len(r.Query) > 0 {
		u += "?" + r.Query.Encode()
	}
	ctx = withAttempts(context.WithValue(context.WithValue(ctx, repeatKey{}, r.Repeat), storedKey{}, r.Stored))
	hr, err := http.NewRequestWithContext(ctx, r.Method, u, nil)
	if err != nil {
		return nil, fault.Errorf(fault.Bug, "%s: %w", r.Op, err)
	}
	req, err := retryablehttp.FromRequest(hr)
	if err != nil {
		return nil, fault.Errorf(fault.Bug, "%s: %w", r.Op, err)
	}
	if body != nil {
		if err := req.SetBody(body); err != nil {
			return nil, fault.Errorf(fault.Bug, "%s: %w", r.Op, err)
		}
	}
	req.Header.Set("Accept", "application/json")
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for k, v := range r.Header {
		req.Header.Set(k, v)
	}
	return req, nil
}

// readBounded reads to the end. size is how much that probably is, -1 if nobody
// says so.
func readBounded(r io.Reader, size, limit int64) ([]byte, error) {
	var body bytes.Buffer
	body.Grow(int(min(max(size, 0), limit, largestHint)) + bytes.MinRead)
	if _, err := body.ReadFrom(io.LimitReader(r, limit+1)); err != nil {
		return nil, err
	}
	if int64(body.Len()) > limit {
		return nil, tooLong(limit)
	}
	return body.Bytes(), nil
}

// largestHint bounds the memory that is taken on a server's word alone.
const largestHint = 1 << 20
