package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/trace"
)

// roundTripper makes the connections below all rules.
func (c *Client) roundTripper() http.RoundTripper {
	if c.cfg.Transport != nil {
		return c.cfg.Transport
	}
	t := http.DefaultTransport.(*http.Transport).Clone() // always that type unless a test replaced it
	t.TLSClientConfig = &tls.Config{RootCAs: c.cfg.RootCAs, MinVersion: tls.VersionTLS12}
	t.MaxIdleConnsPerHost = 32 // the usual 2 would open a connection for most requests of a fleet
	t.DialContext = countDials(t.DialContext)
	t.OnProxyConnectResponse = checkProxy
	t.Proxy = func(r *http.Request) (*url.URL, error) { return c.proxy(r.URL) }
	return t
}

// originTransport adds the credential on the way out, so that no redirect and
// no library can carry it elsewhere, and paces every attempt.
type originTransport struct{ client *Client }

// RoundTrip sends once more what was refused with a credential that can be
// renewed: below the retry loop, because such an answer is no failure of the
// request.
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
	// The limit travels with the answer, through retry engine and library, which know
	// of none.
	if limit := done(resp); limit.Reached && resp != nil {
		resp.Request = req.WithContext(context.WithValue(req.Context(), limitKey{}, limit))
	}
	return c.cfg.Cache.answer(req, known, resp), used, err
}

// sign adds the credential, to this client's own origin alone. It is known to the
// redactor before it leaves, so that no answer that repeats it shows it.
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
	text := c.cfg.Credential.render(v.Expose())
	if strings.ContainsFunc(text, unicode.IsControl) { // which net/http takes for a connection that failed
		return v, fault.Errorf(fault.Auth, "the token holds a line break or another control character: is it more than one?")
	}
	req.Header.Set(c.cfg.Credential.header, text)
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
	req.Body = trace.Body(ctx, req.Method+" "+safeURL(req.URL), req.Body, req.ContentLength)
	resp, err := t.client.wire.RoundTrip(req.WithContext(ctx))
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

// Read makes a distinction between the attempt's end and the caller's.
func (b *attemptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	return n, attemptError(b.parent, err)
}

// Close ends the attempt's time limit, whose timer would else live on.
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

// attemptError makes the end of an attempt an error that may be retried, which the
// caller's own deadline is not.
func attemptError(parent context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && parent.Err() == nil {
		return errAttempt{}
	}
	return err
}
