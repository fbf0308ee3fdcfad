package connect

import (
	"bytes"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/gatewright/gatewright/internal/console"
)

// TestAuthorities are trusted where the usual variables name them. GitLab's runner
// names one for its own server on every job, and it may be anything but there.
func TestAuthorities(t *testing.T) {
	server := httptest.NewTLSServer(nil)
	t.Cleanup(server.Close)
	file := filepath.Join(t.TempDir(), "ca.pem")
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, value string
		trusted, ok bool
	}{
		{"SSL_CERT_FILE", file, true, true},
		{"NODE_EXTRA_CA_CERTS", file, true, true},
		{"CI_SERVER_TLS_CA_FILE", file, true, true},
		{"SSL_CERT_FILE", empty, false, false},
		{"NODE_EXTRA_CA_CERTS", empty, false, false},
		{"CI_SERVER_TLS_CA_FILE", empty, false, true},
		{"SSL_CERT_FILE", empty + "/none", false, false},
		{"CI_SERVER_TLS_CA_FILE", empty + "/none", false, true},
	} {
		a := &To{Console: console.New(console.Streams{Stderr: new(bytes.Buffer), Getenv: func(name string) string {
			return map[string]string{tt.name: tt.value}[name]
		}}, console.Plain)}
		pool, err := a.rootCAs()
		if (err == nil) != tt.ok {
			t.Errorf("%s=%s: %v", tt.name, tt.value, err)
		}
		trusted := false
		if pool != nil {
			with := pool.Clone()
			with.AddCert(server.Certificate())
			trusted = with.Equal(pool)
		}
		if trusted != tt.trusted {
			t.Errorf("%s=%s: trusted %v, want %v", tt.name, tt.value, trusted, tt.trusted)
		}
	}
}
