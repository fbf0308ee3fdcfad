package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/forgetest"
	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/rest"
	standin "github.com/gatewright/gatewright/internal/sandbox/github"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	"github.com/gatewright/gatewright/internal/secret"
)

// pair is one for all tests: to make one takes longer than most of them.
var pair = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func appKey(t *testing.T) (*rsa.PrivateKey, secret.Value) {
	t.Helper()
	key, err := pair()
	if err != nil {
		t.Fatal(err)
	}
	return key, asPEM(key)
}

func asPEM(key *rsa.PrivateKey) secret.Value {
	text := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	return secret.New(string(text))
}

func asApp(t *testing.T, wire *forgetest.Wire, o forge.Opening) forge.Forge {
	t.Helper()
	return forgetest.Open(t, github.Descriptor(), forgetest.Site{Wire: wire, Base: base}, o)
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
		c := asApp(t, wire, forge.Opening{AppID: "12345", AppKey: text, Owner: "acme"})
		ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
		for range 5*60 + 1 {
			forgetest.Put(t, c, ref, "some-value")
			time.Sleep(time.Minute)
		}
		if n := tokensMade(wire); n != 6 {
			t.Errorf("%d tokens in five hours, want 6", n)
		}
	})
}

func TestAppThatMayNot(t *testing.T) {
	key, text := appKey(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	wrong := asPEM(other)
	ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
	for _, tc := range []struct {
		name       string
		app        forge.Opening
		words, why string
	}{
		{"wrong key", forge.Opening{AppID: "12345", AppKey: wrong, Owner: "acme"}, "could not be decoded", "private key"},
		{"unknown App", forge.Opening{AppID: "99", AppKey: text, Owner: "acme"}, "Integration not found", "App's id"},
		{"not installed", forge.Opening{AppID: "12345", AppKey: text, Owner: "elsewhere"}, "404", "install the App in elsewhere"},
		{"without the permission", forge.Opening{AppID: "777", AppKey: text, Owner: "acme"}, "not accessible by integration", "secrets: write"},
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
		_, err := github.Descriptor().Open(forge.Opening{AppID: "1", AppKey: secret.New(text), Rest: rest.Config{System: "GitHub", BaseURL: base}})
		if fault.Of(err) != fault.Input || strings.Contains(err.Error(), "AAAA") {
			t.Errorf("%v", err)
		}
	}
}

// Keys are pasted in many forms; all of them open an App.
func TestAppKeyForms(t *testing.T) {
	pair, text := appKey(t)
	der, err := x509.MarshalPKCS8PrivateKey(pair)
	if err != nil {
		t.Fatal(err)
	}
	one := text.Expose()
	for name, key := range map[string]string{
		"as downloaded": one,
		"PKCS#8":        string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"CRLF":          strings.ReplaceAll(one, "\n", "\r\n"),
		"escaped":       strings.ReplaceAll(one, "\n", `\n`),
		"escaped CRLF":  strings.ReplaceAll(one, "\n", `\r\n`),
		"spaces":        strings.ReplaceAll(one, "\n", " "),
		"quoted":        `"` + strings.ReplaceAll(one, "\n", `\n`) + `"`,
		"base64":        base64.StdEncoding.EncodeToString([]byte(one)),
		"base64, wrapped": func() string {
			whole := base64.StdEncoding.EncodeToString([]byte(one))
			return whole[:76] + "\n" + whole[76:] + "\n"
		}(),
	} {
		scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
			stand.AddApp("12345", &pair.PublicKey, standin.Full)
			c := asApp(t, wire, forge.Opening{AppID: "12345", AppKey: secret.New(key), Owner: "acme"})
			if _, err := c.Put(t.Context(), forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, secret.New("some-value")); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
}

// GitHub shows an App no permissions on any repository, and knows its new
// tokens late. Still it lists what it is installed for, and writes there.
func TestAppAsGitHubTreatsIt(t *testing.T) {
	pair, text := appKey(t)
	ref := forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}
	for name, quirk := range map[string]string{
		"permissions all false": "",
		"no permissions at all": standin.NoPermissions,
		"young tokens refused":  standin.YoungTokens,
	} {
		scene(t, func(t *testing.T, w *world.World, stand *standin.Server, wire *forgetest.Wire) {
			w.Turn(true, quirk)
			stand.AddApp("12345", &pair.PublicKey, standin.Full)
			c := asApp(t, wire, forge.Opening{AppID: "12345", AppKey: text, Owner: "acme"})
			n := 0
			for r, err := range c.Repositories(t.Context(), "acme", forge.Filter{}) {
				if err != nil {
					t.Fatalf("%s: %v", name, err)
				}
				if n++; r.Writable == r.Archived {
					t.Errorf("%s: %s writable %v", name, r.Name, r.Writable)
				}
			}
			if want := len(w.Organization("acme").Repositories); n != want {
				t.Errorf("%s: %d repositories, want %d", name, n, want)
			}
			if err := c.CanWrite(t.Context(), ref); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			forgetest.Put(t, c, ref, "some-value")
		})
	}
	// What the installation may not do is said before anything is minted.
	scene(t, func(t *testing.T, _ *world.World, stand *standin.Server, wire *forgetest.Wire) {
		stand.AddApp("777", &pair.PublicKey, standin.Job)
		err := asApp(t, wire, forge.Opening{AppID: "777", AppKey: text, Owner: "acme"}).CanWrite(t.Context(), ref)
		if fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "secrets: write") {
			t.Errorf("%v (hint %q)", err, fault.Hint(err))
		}
	})
}

// A machine whose clock is wrong signs by GitHub's, once an answer has told it.
func TestAppWithWrongClock(t *testing.T) {
	pair, text := appKey(t)
	for _, ahead := range []time.Duration{-20 * time.Minute, 20 * time.Minute} {
		scene(t, func(t *testing.T, w *world.World, stand *standin.Server, wire *forgetest.Wire) {
			w.SetClock(func() time.Time { return time.Now().Add(ahead) })
			wire.Handler = dated(wire.Handler, w)
			stand.AddApp("12345", &pair.PublicKey, standin.Full)
			c := asApp(t, wire, forge.Opening{AppID: "12345", AppKey: text, Owner: "acme"})
			forgetest.Put(t, c, forge.Ref{Owner: "acme", Repo: "api", Name: "TOKEN"}, "some-value")
		})
	}
}

// dated answers with the world's time.
func dated(next http.Handler, w *world.World) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Date", w.Now().Format(http.TimeFormat))
		next.ServeHTTP(rw, r)
	})
}
