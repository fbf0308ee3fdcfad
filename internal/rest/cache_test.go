package rest

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/secret"
)

// tagged serves a text under an ETag as GitHub computes it, or in a way of its own.
type tagged struct {
	text   string
	opaque bool
	got    []int // the statuses of its answers
}

func (s *tagged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in := r.Header.Get("Accept") + ":" + r.Header.Get("Authorization") + ":" + s.text
	if s.opaque {
		in = "?" + in
	}
	tag := fmt.Sprintf(`"%x"`, sha256.Sum256([]byte(in)))
	w.Header().Set("Etag", "W/"+tag)
	status := 200
	if strings.TrimPrefix(r.Header.Get("If-None-Match"), "W/") == tag {
		status = 304
	} else {
		w.Header().Set("Link", `<https://x/?page=2>; rel="next"`)
	}
	s.got = append(s.got, status)
	w.WriteHeader(status)
	if status == 200 {
		_, _ = w.Write([]byte(s.text))
	}
}

func TestCache(t *testing.T) {
	for _, opaque := range []bool{false, true} {
		t.Run(fmt.Sprintf("opaque %v", opaque), func(t *testing.T) {
			s := &tagged{text: `{"a":"` + strings.Repeat("long enough to be packed ", 400) + `"}`, opaque: opaque}
			server := httptest.NewServer(s)
			defer server.Close()
			saved := []byte(nil)
			ask := func(token string, conditional bool) {
				t.Helper()
				cache := &Cache{}
				if saved != nil {
					if err := cache.Load(saved); err != nil {
						t.Fatal(err)
					}
				}
				c, err := New(Config{System: "S", BaseURL: server.URL, Credential: Bearer(secret.New(token)), Cache: cache})
				if err != nil {
					t.Fatal(err)
				}
				ctx := t.Context()
				if conditional {
					ctx = Conditional(ctx)
				}
				resp, err := c.Call(ctx, Request{Op: "read", Method: "GET", Path: "/x"}, nil)
				if err != nil || string(resp.Body) != s.text || resp.Status != 200 || resp.Header.Get("Link") == "" {
					t.Fatalf("%v, %v", resp, err)
				}
				now, err := cache.Save()
				if err != nil {
					t.Fatal(err)
				}
				if unchanged := s.got[len(s.got)-1] == 304 || !conditional; unchanged != (now == nil) {
					t.Errorf("answers %v: %d bytes to be kept", s.got, len(now))
				}
				if now != nil {
					saved = now
				}
				for _, secret := range []string{"token-of-the-first-night", "token-of-the-second-night"} {
					if strings.Contains(string(saved), secret) {
						t.Error("the cache holds a token")
					}
				}
			}
			ask("token-of-the-first-night", true)
			ask("token-of-the-first-night", true)
			ask("token-of-the-second-night", true) // as an App has every hour
			ask("token-of-the-second-night", true)
			ask("token-of-the-second-night", false)
			s.text += " "
			ask("token-of-the-second-night", true)
			want := "[200 304 304 304 200 200]"
			if opaque { // then another token is asked anew, and the rest goes on
				want = "[200 304 200 304 200 200]"
			}
			if got := fmt.Sprint(s.got); got != want {
				t.Errorf("answers %s, want %s", got, want)
			}
		})
	}
}

// TestCacheDamaged reads what is no cache as an empty one.
func TestCacheDamaged(t *testing.T) {
	c := &Cache{}
	r := httptest.NewRequest("GET", "/x", nil)
	k := kept{Tag: `"1"`}
	k.pack([]byte(strings.Repeat("x", packFrom)))
	c.keep(r, k)
	k.Body = []byte("no such thing")
	if _, err := k.unpack(); err == nil {
		t.Error("a damaged answer was unpacked")
	}
	saved, err := c.Save()
	if err == nil && len(saved) > 0 {
		t.Error("what was never used is kept")
	}
	for _, text := range []string{"", "x", "\x1f\x8b"} {
		if err := c.Load([]byte(text)); err == nil || len(c.kept) > 0 {
			t.Errorf("%q was loaded: %v", text, c.kept)
		}
	}
}
