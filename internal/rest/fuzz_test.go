package rest

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/fault"
)

// FuzzRetryAfter: a wait is never negative.
func FuzzRetryAfter(f *testing.F) {
	for _, text := range []string{"1", "-1", "1e300", "NaN", "Inf", "0x1p-2", "Fri, 31 Dec 9999 23:59:59 GMT"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if d := RetryAfter(text, time.Now()); d < 0 {
			t.Errorf("%q: %s", text, d)
		}
	})
}

// FuzzAnswer: a server's words are short, printable and on one line; its JSON
// is decoded or refused as its own fault.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{`{"error":{"message":"inner"}}`, "<html><title>x", `{"data":null}`, "\x1b[2J\n::error::x", "null"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		c, err := New(Config{System: "Test", BaseURL: "http://127.0.0.1:1"})
		if err != nil {
			t.Fatal(err)
		}
		r := &Response{Status: 200, Body: body, client: c}
		m := r.Message()
		if len(m) > maxMessage+len("…") || !utf8.ValidString(m) {
			t.Errorf("%q", m)
		}
		for _, c := range m {
			if c < ' ' || c == 0x7f {
				t.Errorf("%q", m)
			}
		}
		var out struct {
			Data []string `json:"data" rest:"required"`
		}
		if err := r.Decode(&out); err != nil && fault.Of(err) != fault.Service || err == nil && out.Data == nil {
			t.Errorf("%q: %v, %v", body, err, out)
		}
	})
}

// FuzzBaseURL: an address is refused, or has no user information; a refusal
// shows nothing of it.
func FuzzBaseURL(f *testing.F) {
	for _, text := range []string{"https://user:%s@host", "https://%s@host", "https//user:%s@h", "%s", "https://h/?%s", "https://user%%3A%s%%40h"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, around string) {
		const password = "hunter2XYZ"
		for _, address := range []string{around + password + "@example.com", "https://" + around + password + "@example.com/", "https://u:" + password + around + "@h"} {
			c, err := New(Config{System: "Test", BaseURL: address})
			if err == nil && strings.Contains(c.BaseURL(), password) {
				t.Errorf("%q is taken with its password", address)
			}
			if err != nil && strings.Contains(err.Error()+fault.Hint(err), password) {
				t.Errorf("%q is shown: %v", address, err)
			}
		}
	})
}
