package rest

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/gatewright/gatewright/internal/fault"
)

// maxDials bounds the connections that one attempt may open. A server that
// closes every HTTP/2 connection at once (GOAWAY) makes Go's client open the
// next without end.
const maxDials = 8

type dialsKey struct{}

// errDials is an attempt whose connections the server closed one after another.
var errDials = errors.New("the server closed each connection before it answered")

// countDials limits what dial opens for one attempt.
func countDials(dial func(ctx context.Context, network, address string) (net.Conn, error)) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		if n, ok := ctx.Value(dialsKey{}).(*atomic.Int32); ok && n.Add(1) > maxDials {
			return nil, errDials
		}
		return dial(ctx, network, address)
	}
}

// proxyError is a proxy that did not let the request through. Its refusal of the
// CONNECT proves that nothing reached the server.
type proxyError struct{ status string }

func (e proxyError) Error() string { return "answered " + e.status }

func checkProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode != http.StatusOK {
		return proxyError{resp.Status}
	}
	return nil
}

// proxy returns the proxy that requests to u go through, nil if there is none.
// A password that is not where one belongs makes host and path of its parts:
// of such an address nothing may be looked up or shown.
func (c *Client) proxy(u *url.URL) (*url.URL, error) {
	if c.cfg.Proxy == nil {
		return nil, nil
	}
	p, err := c.cfg.Proxy(u)
	if err != nil || p != nil && strings.Contains(p.Path+p.RawQuery+p.Fragment, "@") {
		return nil, fault.WithHint(
			fault.Errorf(fault.Input, "the address of the proxy cannot be parsed; it is not shown, as it may hold a password"),
			"write it in HTTPS_PROXY or HTTP_PROXY as http://user:password@host:port, with / as %%2F, ? as %%3F and # as %%23 in the password")
	}
	return p, nil
}

// EnvironmentProxy is net/http's ProxyFromEnvironment, but an address that
// cannot be parsed is an error: net/http steps over it and connects directly.
// env returns a variable's value.
func EnvironmentProxy(env func(name string) string) func(*url.URL) (*url.URL, error) {
	return func(u *url.URL) (*url.URL, error) {
		p, err := http.ProxyFromEnvironment(&http.Request{URL: u})
		if p != nil || err != nil || isLoopback(u.Hostname()) {
			return p, err
		}
		name := strings.ToUpper(u.Scheme) + "_PROXY"
		value := cmp.Or(env(name), env(strings.ToLower(name)))
		if _, err = url.Parse(value); err != nil {
			_, err = url.Parse("http://" + value)
		}
		return nil, err
	}
}

// proxyFor returns the host of the proxy that requests to u go through, or "".
func (c *Client) proxyFor(u *url.URL) string {
	if p, err := c.proxy(u); err == nil && p != nil {
		return p.Host
	}
	return ""
}

// refusedByProxy reports whether it was the proxy that let the request not
// through, or that could not be reached.
func refusedByProxy(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	return is[proxyError](err) || ok && op.Op == "proxyconnect"
}
