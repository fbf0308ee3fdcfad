package rest

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// checkRedirect follows redirects of requests without a body; of those that
// carry a credential, within their origin: what another answers, unasked with a
// credential, is not the service's word. One with a body is followed only
// where the method is kept: a POST turned into a GET would look like success.
func (c *Client) checkRedirect(req *http.Request, via []*http.Request) error {
	method, to := via[0].Method, safeURL(req.URL)
	refuse := func(format string, args ...any) error {
		if signsIn(req.URL) && !signsIn(via[0].URL) { // which a repository's own name may be
			return fault.WithHint(fault.Errorf(fault.Auth, format, args...),
				"that is a sign-in page: the token is wrong, revoked or expired, or something on the way to the server asks who you are")
		}
		return fault.WithHint(fault.Errorf(fault.Service, format, args...), "set the base URL to the final address")
	}
	reads := method == http.MethodGet || method == http.MethodHead
	stored, _ := req.Context().Value(storedKey{}).(bool)
	switch {
	case len(via) >= 10:
		return refuse("stopped after 10 redirects")
	// Down to this machine, which may be asked in clear, no server has to send us.
	case allowPlain(req.URL, c.cfg.InsecureHTTP) != nil, !c.cfg.InsecureHTTP && req.URL.Scheme == "http" && c.base.Scheme == "https":
		return refuse("%s was redirected to plain http, %s", method, to)
	case !reads && req.Method != method:
		return refuse("%s was redirected to %s, which would turn it into a %s", method, to, req.Method)
	case !sameOrigin(req.URL, c.base) && (!reads || c.cfg.Credential.source != nil && !stored):
		return refuse("%s was redirected to another origin, %s", method, to)
	}
	return nil
}

// signsIn reports whether an address is, by its last word, a page to sign in, to which
// some servers send whoever they do not know: Azure DevOps to another host's _signin.
func signsIn(u *url.URL) bool {
	return slices.Contains([]string{"_signin", "signin", "sign_in", "login"}, strings.ToLower(path.Base(u.Path)))
}

// sameOrigin compares scheme, host and port (RFC 6454), with a port that is
// left out taken as the scheme's.
func sameOrigin(a, b *url.URL) bool {
	port := func(u *url.URL) string {
		if u.Port() == "" {
			return map[string]string{"https": "443", "http": "80"}[u.Scheme]
		}
		return u.Port()
	}
	return a.Scheme == b.Scheme && a.Hostname() == b.Hostname() && port(a) == port(b)
}
