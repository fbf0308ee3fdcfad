package rest

import (
	"cmp"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/address"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

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
	Proxy        func(*url.URL) (*url.URL, error) // such as EnvironmentProxy; nil: no proxy
	Notify       func(string)                     // told before every wait; may be nil
	Advise       func(*StatusError) []Advice      // what can be done about refusals, the first that fits; may be nil
	Clock        *ServerClock                     // told the server's time with every answer; may be nil
	EndsHeader   string                           // in which answers say when the credential expires; "" is none
	Cache        *Cache                           // of answers to conditional requests; may be nil
	Transport    http.RoundTripper                // nil: the real one; for tests
}

// withDefaults fills in what every client needs: none is without a deadline, an
// end of its tries and a bound of what it reads.
func withDefaults(cfg Config) Config {
	cfg.Timeout = cmp.Or(cfg.Timeout, 30*time.Second)
	cfg.Tries = cmp.Or(cfg.Tries, 4)
	cfg.MaxWait = cmp.Or(cfg.MaxWait, 2*time.Minute)
	cfg.MaxBody = cmp.Or(cfg.MaxBody, 32<<20)
	cfg.UserAgent = cmp.Or(cfg.UserAgent, "gatewright")
	cfg.Redact = cmp.Or(cfg.Redact, &secret.Redactor{})
	return cfg
}

// parseBase refuses what is no plain address of a server. A query or fragment
// would be lost when paths are appended, and user information would end up in
// every message.
func parseBase(cfg Config) (*url.URL, error) {
	u, ok := address.Web(strings.TrimRight(cfg.BaseURL, "/"))
	if !ok || u.RawQuery != "" || u.Fragment != "" {
		// It may hold a password in any place, so nothing of it is shown.
		return nil, fault.WithHint(
			fault.Errorf(fault.Input, "the address of %s is not an http or https URL", cfg.System),
			"write it as https://host, with the scheme; it is not shown, as a malformed one may hold a password")
	}
	if strings.Contains(cfg.BaseURL, "@") {
		return nil, fault.Errorf(fault.Input, "%s address for %s holds credentials; put them in the token variable", cfg.System, u.Host)
	}
	return u, allowPlain(u, cfg.InsecureHTTP)
}

// allowPlain refuses plain http, over which whoever is on the way reads the
// credential; what stays on this machine has no way.
func allowPlain(u *url.URL, insecure bool) error {
	if u.Scheme == "https" || insecure || isLoopback(u.Hostname()) {
		return nil
	}
	return fault.WithHint(
		fault.Errorf(fault.Input, "refusing to send a credential in clear to http://%s", u.Host),
		"use https, or --insecure-http if the network in between is yours")
}

// isLoopback takes no other name than localhost: where one leads, only a
// resolver knows, and it may answer otherwise the next time.
func isLoopback(host string) bool {
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}
