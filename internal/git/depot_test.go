package git_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/git/servetest"
	"github.com/gatewright/gatewright/internal/secret"
)

func TestDepot(t *testing.T) {
	access, r := servetest.New(t)
	open := func() *git.Depot {
		t.Helper()
		d, err := git.OpenDepot(t.Context(), access, "refs/heads/kept")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = d.Close() })
		return d
	}
	put := func(name string) func() (map[string][]byte, []string, error) {
		return func() (map[string][]byte, []string, error) {
			return map[string][]byte{name: []byte("text of " + name)}, nil, nil
		}
	}
	first, late := open(), open()
	if names := first.Names(); len(names) != 0 {
		t.Fatalf("a reference that is not there holds %v", names)
	}
	if err := first.Update(t.Context(), "keep a", put("a")); err != nil {
		t.Fatal(err)
	}
	if err := late.Update(t.Context(), "keep b", put("b")); err != nil { // lost the race, and made it anew
		t.Fatal(err)
	}
	again := open()
	if diff := cmp.Diff([]string{"a", "b"}, again.Names()); diff != "" {
		t.Error(diff)
	}
	if text, err := again.Read(t.Context(), "b", 100); err != nil || string(text) != "text of b" {
		t.Errorf("%q %v", text, err)
	}
	if _, err := again.Read(t.Context(), "b", 3); err == nil || !strings.Contains(err.Error(), "at most 3 are read") {
		t.Errorf("a file above the limit: %v", err)
	}
	if err := again.Update(t.Context(), "drop a", func() (map[string][]byte, []string, error) { return nil, []string{"a"}, nil }); err != nil {
		t.Fatal(err)
	}
	if log := r.Git("log", "--format=%s", "kept"); log != "drop a\nkeep b\nkeep a" {
		t.Errorf("a commit for each change and none lost: %s", log)
	}
	if files := r.Git("ls-tree", "--name-only", "kept"); files != "b" {
		t.Errorf("kept: %s", files)
	}
}

// TestDepotAuthorities: git trusts whom our own client does, and knows neither of
// the variables.
func TestDepotAuthorities(t *testing.T) {
	access, authority := servetest.TLS(t)
	open := func() error {
		d, err := git.OpenDepot(t.Context(), access, "refs/heads/kept")
		if err == nil {
			_ = d.Close()
		}
		return err
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "GIT_SSL_CAINFO", "CURL_CA_BUNDLE"} {
		t.Setenv(name, "") // which brings it back in the end
		_ = os.Unsetenv(name)
	}
	if err := open(); err == nil {
		t.Fatal("an authority that nobody knows was trusted")
	}
	for _, name := range []string{"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"} {
		t.Setenv(name, authority)
		if err := open(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		_ = os.Unsetenv(name)
	}
	t.Setenv("SSL_CERT_FILE", authority)
	t.Setenv("GIT_SSL_CAINFO", "/nowhere/ca.pem") // git's own word wins
	if err := open(); err == nil {
		t.Error("GIT_SSL_CAINFO was passed over")
	}
}

// What the server says is in the error, the token is in none, and a refusal is
// not taken for a race.
func TestDepotRefused(t *testing.T) {
	access, r := servetest.New(t)
	wrong := access
	wrong.Token = secret.New("AnotherToken0123456789")
	if _, err := git.OpenDepot(t.Context(), wrong, "refs/heads/kept"); err == nil || strings.Contains(err.Error(), "AnotherToken") {
		t.Errorf("a wrong token: %v", err)
	}
	hook := filepath.Join(r.Root, ".git", "hooks", "pre-receive")
	if err := os.Mkdir(filepath.Dir(hook), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho called >>"+r.Root+"/calls\necho 'GH013: Repository rule violations found'\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	d, err := git.OpenDepot(t.Context(), access, "refs/heads/kept")
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	err = d.Update(t.Context(), "keep", func() (map[string][]byte, []string, error) { return map[string][]byte{"a": nil}, nil, nil })
	if err == nil || !strings.Contains(err.Error(), "GH013") {
		t.Errorf("a refused push: %v", err)
	}
	if calls, _ := os.ReadFile(filepath.Join(r.Root, "calls")); strings.Count(string(calls), "called") != 1 {
		t.Errorf("tried %d times", strings.Count(string(calls), "called"))
	}
	for _, address := range []string{"http://example.com/a.git", "https://u:p@example.com/a.git", "/tmp/a", "ext::sh"} {
		if _, err := git.OpenDepot(t.Context(), git.Access{URL: address}, "refs/heads/kept"); err == nil || slices.Contains([]string{"u", "p"}, err.Error()) {
			t.Errorf("%s is taken", address)
		}
	}
}
