package git

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAuthorities has every way in which the variables and the system's list may
// be there or not. Git trusts no more than what is in the file, if there is one.
func TestAuthorities(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, name := range []string{"ours", "extra", "system", "other"} {
		if err := os.WriteFile(path(name), []byte(name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	system, none := []string{path("none"), path("system"), path("other")}, []string{path("none")}
	for _, tt := range []struct {
		all, system []string
		want        string // "" leaves it to git
	}{
		{nil, system, ""},
		{[]string{"SSL_CERT_FILE=", "NODE_EXTRA_CA_CERTS="}, system, ""},
		{[]string{"SSL_CERT_FILE=" + path("ours")}, system, "ours\nsystem\n"},
		{[]string{"SSL_CERT_FILE=" + path("ours")}, none, "ours\n"},
		{[]string{"NODE_EXTRA_CA_CERTS=" + path("extra")}, system, "extra\nsystem\n"},
		{[]string{"CI_SERVER_TLS_CA_FILE=" + path("extra")}, system, "extra\nsystem\n"},
		{[]string{"NODE_EXTRA_CA_CERTS=" + path("extra")}, none, ""},
		{[]string{"NODE_EXTRA_CA_CERTS=" + path("none")}, system, ""},
		{[]string{"SSL_CERT_FILE=" + path("none"), "NODE_EXTRA_CA_CERTS=" + path("extra")}, none, ""},
		{[]string{"SSL_CERT_FILE=" + path("ours"), "NODE_EXTRA_CA_CERTS=" + path("extra")}, none, "ours\nextra\n"},
		{[]string{"SSL_CERT_FILE=" + path("ours"), "GIT_SSL_CAINFO=" + path("other")}, system, ""},
	} {
		got := ""
		if file := authorities(t.TempDir(), tt.all, tt.system); file != "" {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got = string(text)
		}
		if got != tt.want {
			t.Errorf("%q with %q: %q, want %q", tt.all, tt.system, got, tt.want)
		}
	}
}
