package github_test

import (
	"crypto/x509"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// api.github.com speaks HTTP/2, over which a repeated PUT easily goes out with
// an empty body: limited and broken attempts still end with the whole value.
func TestRepeatedPutOverHTTP2(t *testing.T) {
	t.Parallel()
	w := world.New(world.DefaultSeed())
	stand := standin.New(w)
	var newer atomic.Int64
	front := w.Faults.Wrap("github", stand)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if r.ProtoMajor == 2 {
			newer.Add(1)
		}
		front.ServeHTTP(rw, r)
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	defer srv.Close()
	roots := x509.NewCertPool()
	roots.AddCert(srv.Certificate())
	c, err := github.Descriptor().Open(forge.Opening{Token: secret.New(stand.Token("ghp_", standin.Full)), Rest: rest.Config{
		System: "GitHub", BaseURL: srv.URL, RootCAs: roots, Pace: pace.New(github.Descriptor().Limits, pace.Options{}), Timeout: time.Minute,
	}})
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]world.Fault{
		"LIMITED":   {Status: 429, Header: map[string]string{"Retry-After": "0.01"}, Body: secondary},
		"BROKEN":    {Status: 503},
		"CUT_EARLY": {Reset: world.BeforeEffect},
		"CUT_LATE":  {Reset: world.AfterEffect},
	} {
		f.System, f.Method = "github", "PUT"
		w.Faults.Add(f)
		if _, err := c.Put(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: name}, secret.New("value-of-"+name)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		w.Faults.Clear()
		if v, _ := stand.Value("actions/acme/api", name); v != "value-of-"+name {
			t.Errorf("%s holds %q", name, v)
		}
	}
	if newer.Load() == 0 {
		t.Error("nothing went over HTTP/2")
	}
}
