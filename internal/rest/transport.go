package rest

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/gatewright/gatewright/internal/fault"
)

func (c *Client) newRetry() *retryablehttp.Client {
	rc := retryablehttp.NewClient()
	rc.Logger = nil
	rc.RetryMax = c.cfg.Tries - 1
	rc.CheckRetry = c.checkRetry
	rc.Backoff = c.backoff
	rc.ErrorHandler = retryablehttp.PassthroughErrorHandler
	rc.HTTPClient = &http.Client{
		Transport:     &originTransport{client: c, next: c.roundTripper()},
		CheckRedirect: c.checkRedirect,
		Timeout:       c.cfg.Timeout,
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
	if c.cfg.Proxy != nil {
		t.Proxy = func(r *http.Request) (*url.URL, error) { return c.cfg.Proxy(r.URL) }
	}
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
	if sameOrigin(req.URL, c.base) && c.cfg.Credential.source != nil {
		v, err := c.cfg.Credential.source(req.Context())
		if err != nil {
			return nil, err
		}
		if !v.Empty() {
			c.cfg.Redact.Add(v)
			req.Header.Set(c.cfg.Credential.header, c.cfg.Credential.render(v.Expose()))
		}
	}
	if c.cfg.Pace == nil {
		return t.next.RoundTrip(req)
	}
	done, err := c.cfg.Pace.Acquire(req.Context(), req.Method)
	if err != nil {
		return nil, err
	}
	resp, err := t.next.RoundTrip(req)
	done(resp)
	return resp, err
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

// checkRedirect follows redirects of requests without a body. One with a body
// is followed only within its origin, because the body may hold a token, and
// only where the method is kept: a POST turned into a GET would look like success.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	first := via[0]
	if len(via) >= 10 {
		return redirectError("stopped after 10 redirects")
	}
	if err := allowPlain(req.URL, c.cfg.InsecureHTTP); err != nil {
		return err
	}
	if first.Method == http.MethodGet || first.Method == http.MethodHead {
		return nil
	}
	if req.Method != first.Method {
		return redirectError(fmt.Sprintf("%s was redirected to %s, which would turn it into a %s", first.Method, safeURL(req.URL), req.Method))
	}
	if !sameOrigin(req.URL, c.base) {
		return redirectError(fmt.Sprintf("%s was redirected to another origin, %s", first.Method, safeURL(req.URL)))
	}
	return nil
}

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
	ctx = context.WithValue(ctx, repeatKey{}, r.Repeat)
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

type repeatKey struct{}

func repeatable(ctx context.Context, method string) bool {
	switch rep, _ := ctx.Value(repeatKey{}).(Repeat); rep {
	case Always:
		return true
	case Never:
		return false
	default:
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
			return true
		}
		return false
	}
}

func readBounded(r io.Reader, limit int64) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(body)) > limit {
		return nil, fault.Errorf(fault.Service, "the answer is longer than %d bytes", limit)
	}
	return body, nil
}
