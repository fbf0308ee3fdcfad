// Package servetest serves a repository by HTTP, for tests. It is not part of gittest,
// so that only the tests that need a server link one.
package servetest

import (
	"encoding/pem"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/gittest"
	"github.com/gatewright/gatewright/internal/reference"
	"github.com/gatewright/gatewright/internal/secret"
)

// New serves a bare repository as forges do, and refuses whoever has not the
// token.
func New(t testing.TB) (git.Access, gittest.Repo) {
	t.Helper()
	access, r, _ := serve(t, httptest.NewServer)
	return access, r
}

// TLS is New by https. It returns the file of the authority.
func TLS(t testing.TB) (access git.Access, authority string) {
	t.Helper()
	access, _, srv := serve(t, httptest.NewTLSServer)
	authority = filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(authority, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return access, authority
}

func serve(t testing.TB, start func(http.Handler) *httptest.Server) (git.Access, gittest.Repo, *httptest.Server) {
	t.Helper()
	path, err := exec.Command("git", "--exec-path").Output()
	backend := filepath.Join(strings.TrimSpace(string(path)), "git-http-backend")
	if _, serr := os.Stat(backend); err != nil || serr != nil {
		reference.Missing(t, "no git-http-backend: %v", serr)
	}
	r := gittest.New(t)
	r.Git("config", "core.bare", "true")
	r.Git("config", "http.receivepack", "true")
	r.Git("config", "receive.denyNonFastForwards", "false") // a forced push would get through, and show
	h := &cgi.Handler{Path: backend, Env: []string{"GIT_PROJECT_ROOT=" + r.Root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=robin"}}
	srv := start(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if user, password, _ := req.BasicAuth(); user != "x-access-token" || password != "S3cretToken0123456789" {
			w.Header().Set("WWW-Authenticate", "Basic")
			w.WriteHeader(401)
			return
		}
		h.ServeHTTP(w, req)
	}))
	t.Cleanup(srv.Close)
	return git.Access{URL: srv.URL + "/.git", User: "x-access-token", Token: secret.New("S3cretToken0123456789")}, r, srv
}
