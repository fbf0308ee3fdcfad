package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

func appKey(t *testing.T) (*rsa.PrivateKey, secret.Value) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return key, secret.New(string(text))
}

func asApp(t *testing.T, wire *forgetest.Wire, app github.App) *github.Client {
	t.Helper()
	source, err := app.Token(rest.Config{System: "GitHub", BaseURL: base, Transport: wire})
	if err != nil {
		t.Fatal(err)
	}
	c, err := github.New(forgetest.Rest(t, wire, base, rest.BearerFrom(source), pace.GitHub()), github.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func tokensMade(wire *forgetest.Wire) (n int) {
	for _, line := range wire.Sent() {
		if strings.HasSuffix(line, "/access_tokens") {
			n++
		}
	}
	return n
}

// An installation token lives an hour; a run of five hours uses six, each
// renewed before its end, and none of its requests is refused.
func TestAppRenewsItsToken(t *testing.T) {
	key, text := appKey(t)
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.AddApp("12345", &key.PublicKey, standin.Full)
		c := asApp(t, wire, github.App{ID: "12345", Key: text, Owner: "acme"})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		for range 5*60 + 1 {
			mustPut(t, c, ref, "some-value")
			time.Sleep(time.Minute)
		}
		if n := tokensMade(wire); n != 6 {
			t.Errorf("%d tokens in five hours, want 6", n)
		}
	})
}

func TestAppThatMayNot(t *testing.T) {
	key, text := appKey(t)
	_, wrong := appKey(t)
	ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
	for _, tc := range []struct {
		name       string
		app        github.App
		words, why string
	}{
		{"wrong key", github.App{ID: "12345", Key: wrong, Owner: "acme"}, "could not be decoded", "private key"},
		{"unknown App", github.App{ID: "99", Key: text, Owner: "acme"}, "Integration not found", "App's id"},
		{"not installed", github.App{ID: "12345", Key: text, Owner: "elsewhere"}, "404", "install the App in elsewhere"},
		{"without the permission", github.App{ID: "777", Key: text, Owner: "acme"}, "not accessible by integration", "secrets: write"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
				stand.AddApp("12345", &key.PublicKey, standin.Full)
				stand.AddApp("777", &key.PublicKey, standin.Read)
				_, err := asApp(t, wire, tc.app).Put(t.Context(), ref, secret.New("some-value"))
				if fault.Of(err) != fault.Auth || !strings.Contains(err.Error(), tc.words) || !strings.Contains(fault.Hint(err), tc.why) {
					t.Errorf("%v (hint %q)", err, fault.Hint(err))
				}
			})
		})
	}
	for _, text := range []string{"not a key", "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----"} {
		_, err := github.App{ID: "1", Key: secret.New(text)}.Token(rest.Config{System: "GitHub", BaseURL: base})
		if fault.Of(err) != fault.Input || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%v", err)
		}
	}
}
