package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/gatewright/gatewright/internal/fault"
)

// ConnectionError is a request without an answer.
type ConnectionError struct {
	Op     string
	Method string
	URL    string
	Sent   bool // the request may have reached the server
	Reason string
	Proxy  string // "through the proxy host:port", "by the proxy host:port" that refused it; "" without one
	Before string // why the try before had no answer, if the caller's deadline ended the wait for the next
	err    error
}

func (e *ConnectionError) Error() string {
	s := fmt.Sprintf("%s %s: %s", e.Method, e.URL, e.Reason)
	if e.Proxy != "" {
		s += " (" + e.Proxy + ")"
	}
	if e.Before != "" {
		s += "; the last try: " + e.Before
	}
	return prefixed(e.Op, s)
}

// Unwrap returns the kind and, for the caller's own deadline or cancellation,
// that cause. The cause itself is not shown to callers: net/http's errors hold
// the whole URL, query included.
func (e *ConnectionError) Unwrap() []error {
	switch {
	case errors.Is(e.err, context.Canceled):
		return []error{fault.Stopped, context.Canceled}
	case e.Reason == deadlinePassed:
		return []error{fault.Timeout, context.DeadlineExceeded}
	default:
		return []error{fault.Service}
	}
}

const (
	deadlinePassed = "the deadline passed"
	interrupted    = "interrupted"
)

// connectionError returns why there was no answer; failure is why the try before
// had none, if it is known: a deadline that passed between two tries says
// nothing of what is wrong.
func (c *Client) connectionError(r Request, u *url.URL, err, failure error) error {
	// Ours already say what is wrong and what to do: a refused redirect, a proxy's
	// address that cannot be read.
	if own, ok := errors.AsType[*fault.Error](err); ok {
		return fault.WithHint(fault.Errorf(own.Kind, "%s: %w", r.Op, own.Err), "%s", own.Hint)
	}
	if bad, ok := errors.AsType[*AnswerError](err); ok {
		return &AnswerError{Op: r.Op, Text: bad.Text}
	}
	e := &ConnectionError{Op: r.Op, Method: r.Method, URL: safeURL(u), Sent: !neverSent(err), err: err}
	e.Reason = c.reason(err)
	if e.Reason == deadlinePassed && failure != nil {
		e.Before = c.reason(failure)
		err = failure
	}
	// With a proxy in between, connection and name are its own: the hint to look at
	// the server would lead people astray.
	hint := connectionHint(err, u.Host)
	if proxy := c.proxyFor(u); proxy != "" {
		e.Proxy = "through the proxy " + proxy
		if refusedByProxy(err) {
			e.Proxy = "by the proxy " + proxy
			hint = "the proxy is set in HTTPS_PROXY or HTTP_PROXY: check its address and password there, or name " + u.Hostname() + " in NO_PROXY"
		}
	}
	return fault.WithHint(e, "%s", hint)
}

// Foreign makes the error of a library that used HTTP, and got no answer, into
// one of this package.
func (c *Client) Foreign(op string, err error) error {
	r, u := Request{Op: op}, c.base
	if ue, ok := errors.AsType[*url.Error](err); ok {
		r.Method = strings.ToUpper(ue.Op)
		if parsed, perr := url.Parse(ue.URL); perr == nil {
			u = parsed
		}
	}
	return c.connectionError(r, u, err, nil)
}

// reason says in a few words why there was no answer. The text of net/http's
// own errors holds the whole URL, query included, so only its cause is used.
func (c *Client) reason(err error) string {
	// The order matters: a name that is not resolved in time is a timeout too, and a
	// reset connection may come wrapped in the end of an answer.
	dns, unresolved := errors.AsType[*net.DNSError](err)
	late, _ := errors.AsType[net.Error](err)
	ue, wrapped := errors.AsType[*url.Error](err)
	text := err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		return interrupted
	case err == context.DeadlineExceeded: //nolint:errorlint // the caller's own deadline comes unwrapped; an attempt's comes in a url.Error
		return deadlinePassed
	case unresolved:
		text = "cannot resolve " + dns.Name
	case errors.Is(err, syscall.ECONNREFUSED):
		text = "connection refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		text = "the connection was reset"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		text = "the connection ended in the middle of the answer"
	case late != nil && late.Timeout():
		text = fmt.Sprintf("no answer within %s", c.cfg.Timeout)
	case wrapped:
		text = ue.Err.Error()
	}
	return c.Redact(text)
}

// connectionHint says what to look at; host is the server's, with its port.
func connectionHint(err error, host string) string {
	switch {
	case is[*net.DNSError](err):
		return "check the base URL and the machine's DNS or proxy settings (HTTPS_PROXY)"
	case permanent(err):
		return "if " + host + " uses a private certificate authority, name its PEM file in SSL_CERT_FILE"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "check that the base URL is right and the service is up"
	default:
		return "run it again; `gatewright doctor` shows whether " + host + " is reachable"
	}
}
