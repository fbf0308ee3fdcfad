package address

import (
	"fmt"
	"strings"
	"testing"
)

func TestShown(t *testing.T) {
	tests := map[string]string{
		"https://ci.example/job/a/7/":                  "https://ci.example/job/a/7",
		"HTTPS://user:pw@ci.example:8443/x?id=7#r":     "https://ci.example:8443/x?id=7#r",
		"https://user:p/w?#%zz@ci.example/x":           "https://ci.example/x",
		"http://[::1]:3000/":                           "http://[::1]:3000",
		"https://token@ci.example":                     "https://ci.example",
		"https://ci.example/a@b":                       "", // or is "ci.example/a" a user?
		"https://user:12/w@ci.example/x":               "", // or is 12 a port?
		"https://user:pw@":                             "",
		"user:pw://w@ci.example/x":                     "",
		"git@ci.example:a/b":                           "",
		"ssh://ci.example/a":                           "",
		"/srv/a":                                       "",
		"https://user:pw%40ci.example/x":               "", // no host that could be
		"https://":                                     "",
		"":                                             "",
		"javascript://x/%0aalert(1)":                   "",
		" https://ci.example/x ":                       "https://ci.example/x",
		"https://dev.azure.com/acme/my%20p/_build?b=1": "https://dev.azure.com/acme/my%20p/_build?b=1",
	}
	for in, want := range tests {
		if got := Shown(in); got != want {
			t.Errorf("Shown(%q) = %q, want %q", in, got, want)
		}
	}
}

// TestNoPasswordIsShown puts every character into a password, in every place.
func TestNoPasswordIsShown(t *testing.T) {
	for c := rune(1); c < 0x100; c++ {
		for _, form := range []string{
			"https://user:Secret%cSecond@host.example/x", "https://Secret%cSecond@host.example/x", "https://%cSecret@host.example/x",
			"https://1%cSecret/Second@host.example/x", "https://user:1/%cSecret@host.example/x", "user:Secret%cSecond@host.example:x/y",
			"ssh://user:%cSecret://Second@host.example/x", "https:/user:Secret%c@host.example/x",
		} {
			in := fmt.Sprintf(form, c)
			_, rest, _ := Cut(in)
			if text := Shown(in) + rest; strings.Contains(text, "Sec") {
				t.Errorf("%q is shown as %q", in, text)
			}
		}
	}
}

// FuzzShown: nothing before the last @ is shown.
func FuzzShown(f *testing.F) {
	for _, in := range []string{"https://", "https://1/", "https://user:", "user:", "://", "https://a@b/"} {
		f.Add(in, "@host.example/x")
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		const password = "hunter2XYZ"
		in := before + password + "@" + after
		if strings.Contains(after, "@") {
			return
		}
		_, rest, _ := Cut(in)
		if strings.Contains(Shown(in)+rest, password) {
			t.Errorf("%q is shown as %q and %q", in, Shown(in), rest)
		}
	})
}
