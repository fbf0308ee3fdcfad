package git

import (
	"fmt"
	"strings"
	"testing"
)

func TestParseRemote(t *testing.T) {
	tests := map[string]Remote{
		"https://github.com/acme/api.git":                     {"https", "github.com", "", "acme", "api"},
		"HTTPS://user:pw@gitlab.example.com/a/b/c.git/":       {"https", "gitlab.example.com", "", "a/b", "c"},
		"git@github.com:acme/api.git":                         {"ssh", "github.com", "", "acme", "api"},
		"github.com:acme/api":                                 {"ssh", "github.com", "", "acme", "api"},
		"git://git.example/acme/api.git":                      {"git", "git.example", "", "acme", "api"},
		"ssh://git@ssh.dev.azure.com:22/v3/org/proj/rep":      {"ssh", "ssh.dev.azure.com", "22", "v3/org/proj", "rep"},
		"https://org@dev.azure.com/org/my%20proj/_git/rep":    {"https", "dev.azure.com", "", "org/my proj/_git", "rep"},
		"http://[::1]:3000/acme/api":                          {"http", "::1", "3000", "acme", "api"},
		"https://x-access-token:ghs_a@github.com/acme/api":    {"https", "github.com", "", "acme", "api"},
		"https://a@b:c@d@host.example/acme/api":               {"https", "host.example", "", "acme", "api"},
		"https://user:p/w/x@host.example/acme/api":            {"https", "host.example", "", "acme", "api"},
		"/srv/git/api.git":                                    {},
		`C:\src\api`:                                          {},
		"C:/src/api":                                          {},
		"":                                                    {},
		"https://host/team@x/acme/api":                        {}, // or is "host/team" a user?
		"https://user:12/w@host.example/acme/api":             {}, // or is 12 a port?
		"https://user@corp.example:p/w@host.example/acme/api": {"https", "host.example", "", "acme", "api"},
		"https://host.example/acme":                           {},
		"https://host.example/acme/%zz":                       {},
		"https://host.example/acme/a%00b":                     {},
	}
	for in, want := range tests {
		got, ok := ParseRemote(in)
		if got != want || ok != (want != Remote{}) {
			t.Errorf("ParseRemote(%q) = %+v, %v", in, got, ok)
		}
	}
}

// TestNoPasswordIsLeft puts every character into a password.
func TestNoPasswordIsLeft(t *testing.T) {
	for c := rune(' '); c < 0x7f; c++ {
		for _, form := range []string{
			"https://user:Secre%ctSecond@host.example/acme/api.git", "https://user:%cSecretSecond@host.example/acme/api.git",
			"https://Secret%cSecond@host.example/acme/api.git", "user:Secret%cSecond@host.example:acme/api.git", "ssh://user:Secret%c9Second@host.example:22/acme/api",
		} {
			address := fmt.Sprintf(form, c)
			got, ok := ParseRemote(address)
			if text := fmt.Sprintf("%+v", got); strings.Contains(text, "Secre") || strings.Contains(text, "Second") {
				t.Errorf("ParseRemote(%q) = %s", address, text)
			}
			if ok && (got.Host != "host.example" || got.Owner != "acme" || got.Name != "api") {
				t.Errorf("ParseRemote(%q) = %+v", address, got)
			}
		}
	}
}

func FuzzParseRemote(f *testing.F) {
	f.Add("user:p%ssW0rd77@host/acme/api.git")
	f.Add("git@host:acme/api")
	f.Fuzz(func(t *testing.T, in string) {
		r, ok := ParseRemote("https://user:secretXYZ" + in + "@host.example/acme/api.git")
		if ok && (r.Host != "host.example" || strings.Contains(r.Owner+r.Name, "XYZ")) {
			t.Errorf("%q: %+v", in, r)
		}
	})
}
