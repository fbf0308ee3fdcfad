package connect

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"net/url"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// RestConfig is what every client of this process has in common: the name it
// goes by, the secrets to scrub, the certificate authorities, and somebody to
// tell about waits. Proxies come from the usual variables.
func (a *To) RestConfig(system, baseURL string, insecure bool) (rest.Config, error) {
	roots, err := a.rootCAs()
	if err != nil {
		return rest.Config{}, err
	}
	cfg := rest.Config{
		System: system, BaseURL: baseURL, InsecureHTTP: insecure, UserAgent: "gatewright/" + a.Version,
		Redact: a.Redact, RootCAs: roots, Proxy: rest.EnvironmentProxy(a.Env), Notify: a.Notify, MaxWait: a.Pace.Options.MaxWait,
	}
	if a.Network != nil {
		a.Network(&cfg)
	}
	return cfg, nil
}

// paced sets the budget of requests that the host allows a credential: all clients
// of the process that share a credential share its rate limits.
func (a *To) paced(cfg *rest.Config, limits pace.Profile, credential string) {
	host := cfg.BaseURL
	if u, err := url.Parse(cfg.BaseURL); err == nil && u.Host != "" {
		host = u.Host
	}
	cfg.Pace = a.Pace.For(limits, host, credential)
}

// rootCAs adds to the system's certificate authorities those that the usual
// variables name. SSL_CERT_FILE means that to OpenSSL's users, and to Go on
// Unix only; NODE_EXTRA_CA_CERTS is what runners behind a company's proxy set, and
// CI_SERVER_TLS_CA_FILE what GitLab's runner says of its own server.
func (a *To) rootCAs() (*x509.CertPool, error) {
	var pool *x509.CertPool
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "CI_SERVER_TLS_CA_FILE"} {
		path := a.Env(name)
		if path == "" {
			continue
		}
		pem, err := input.Read(a.Path(path))
		// Node passes over a file that is not there, as in a container that is given the
		// runner's variables. GitLab's is the runner's own word, and most servers need none.
		runners := name == "CI_SERVER_TLS_CA_FILE"
		if runners && err != nil || name == "NODE_EXTRA_CA_CERTS" && errors.Is(err, fs.ErrNotExist) {
			a.Debugf("%s is not read: %s: %v", name, path, err)
			continue
		}
		if err != nil {
			return nil, fault.Errorf(fault.Input, "certificate authorities from %s: %w", name, err)
		}
		if pool == nil {
			if pool, err = x509.SystemCertPool(); err != nil {
				pool = x509.NewCertPool() // a system without any: those named are all there are
			}
		}
		if !pool.AppendCertsFromPEM(pem) && !runners {
			return nil, fault.Errorf(fault.Input, "certificate authorities from %s: no certificate in PEM form in %s", name, path)
		}
	}
	return pool, nil
}

// Notify announces waits, unless the user wants quiet.
func (a *To) Notify(text string) { a.Say("%s", text) }
