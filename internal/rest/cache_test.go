package rest

import (
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

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
	k.Used = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) // which no JSON of ours can say
	c.keep(r, k)
	if _, err := c.Save(); err == nil {
		t.Error("what cannot be written was saved")
	}
	var packed strings.Builder
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, `{"version":1,"kept":[]}`)
	_ = w.Close()
	for _, text := range []string{"", "x", "\x1f\x8b", packed.String()} {
		if err := c.Load([]byte(text)); err == nil || len(c.kept) > 0 {
			t.Errorf("%q was loaded: %v", text, c.kept)
		}
	}
}

// TestWhatIsKept holds which answers later requests ask about, and that they get the same again.
func TestWhatIsKept(t *testing.T) {
	get := Request{Method: "GET", Path: "/a"}
	put := Request{Method: "PUT", Path: "/a"}
	tagged := func(status int, body string, more io.Reader) step {
		return step{status: status, header: map[string]string{"Etag": `"1"`}, body: body, more: more}
	}
	long := strings.Repeat("x", largestKept)
	same := step{status: 304}
	for _, tt := range []struct {
		name     string
		ask      []Request
		ordinary bool // not asked conditionally
		steps    []step
		asks     bool // the last attempt, about the tag of the first answer
	}{
		{name: "a short answer", ask: []Request{get, get}, steps: []step{tagged(200, "[1]", nil), same}, asks: true},
		{name: "the longest there may be", ask: []Request{get, get}, steps: []step{tagged(200, long, nil), same}, asks: true},
		{name: "one longer by a byte", ask: []Request{get, get}, steps: []step{tagged(200, long, strings.NewReader("x")), {status: 200, body: long + "x"}}},
		{name: "one that broke off", ask: []Request{get}, steps: []step{tagged(200, "[1", iotest.ErrReader(io.ErrUnexpectedEOF)), {status: 200, body: "[1,2]"}}},
		{name: "one without a tag", ask: []Request{get, get}, steps: []step{{status: 200, body: "[1]"}, {status: 200, body: "[1]"}}},
		{name: "a refusal", ask: []Request{get, get}, steps: []step{tagged(404, "{}", nil), {status: 404, body: "{}"}}},
		{name: "of a write", ask: []Request{put, get}, steps: []step{tagged(200, "[1]", nil), {status: 200, body: "[1]"}}},
		{name: "for a write", ask: []Request{get, put}, steps: []step{tagged(200, "[1]", nil), {status: 200, body: "[1]"}}},
		{name: "where that is not wanted", ask: []Request{get, get}, ordinary: true, steps: []step{tagged(200, "[1]", nil), {status: 200, body: "[1]"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{steps: tt.steps}
				c := s.client(t, func(cfg *Config) { cfg.Cache = &Cache{} })
				ctx := t.Context()
				if !tt.ordinary {
					ctx = Conditional(ctx)
				}
				var got string
				for _, r := range tt.ask {
					resp, err := c.Do(ctx, r)
					if err != nil || got != "" && string(resp.Body) != got {
						t.Fatalf("%v, %d bytes", err, len(got))
					}
					got = string(resp.Body)
				}
				if asked, ok := s.heads[len(s.heads)-1]["If-None-Match"]; len(s.heads) != 2 || ok != tt.asks || ok && asked[0] != `"1"` {
					t.Errorf("%d attempts, the last about %q", len(s.heads), asked)
				}
			})
		})
	}
	if _, err := (&server{steps: statuses(200)}).client(t).Do(Conditional(t.Context()), get); err != nil {
		t.Errorf("without a cache: %v", err)
	}
}

// TestKeptLinks: a link to the next page in a line of its own is there when the page comes from the cache, or the list would
// end there.
func TestKeptLinks(t *testing.T) {
	first := true
	c := client(t, "https://x.example", func(cfg *Config) {
		cfg.Cache = &Cache{}
		cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
			w := httptest.NewRecorder()
			if !first {
				w.WriteHeader(http.StatusNotModified)
				return w.Result(), nil
			}
			first = false
			w.Header()["Etag"], w.Header()["Link"] = []string{`"1"`}, []string{`</a?page=1>; rel="first"`, `</a?page=2>; rel="next"`}
			_, _ = w.WriteString("[1]")
			return w.Result(), nil
		})
	})
	for range 2 {
		resp, err := c.Do(Conditional(t.Context()), Request{Path: "/a"})
		if err != nil {
			t.Fatal(err)
		}
		if next, err := resp.Next(); err != nil || next.Encode() != "page=2" || resp.Status != 200 {
			t.Errorf("%d, %v, %v", resp.Status, next, err)
		}
	}
}

// TestDamagedAnswerIsAskedAnew: what cannot be unpacked is not what a 304 stands for.
func TestDamagedAnswerIsAskedAnew(t *testing.T) {
	cache := &Cache{kept: map[string]kept{"https://x.example/a": {Tag: `"1"`, Body: []byte("no such thing"), Packed: true, Size: 99}}}
	s := &server{steps: []step{{status: 200, body: "[1]"}}}
	resp, err := s.client(t, func(cfg *Config) { cfg.Cache = cache }).Do(Conditional(t.Context()), Request{Path: "/a"})
	if err != nil || string(resp.Body) != "[1]" || s.heads[0]["If-None-Match"] != nil {
		t.Errorf("%v, asked about %q", err, s.heads[0]["If-None-Match"])
	}
}

// TestUsedAnswersStay: what is asked for again and again is kept for as long as that goes on.
func TestUsedAnswersStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		anew, same := step{status: 200, header: map[string]string{"Etag": `"1"`}, body: "[1]"}, step{status: 304}
		var saved []byte
		run := func(path string, answer step) {
			t.Helper()
			cache := &Cache{}
			if err := cache.Load(saved); saved != nil && err != nil {
				t.Fatal(err)
			}
			s := &server{steps: []step{answer}}
			resp, err := s.client(t, func(cfg *Config) { cfg.Cache = cache }).Do(Conditional(t.Context()), Request{Path: path})
			if err != nil || string(resp.Body) != "[1]" {
				t.Errorf("%s: %v, %s", path, err, resp.Body)
			}
			now, err := cache.Save()
			if err != nil {
				t.Fatal(err)
			}
			if now != nil {
				saved = now
			}
		}
		run("/a", anew)
		time.Sleep(8 * 24 * time.Hour)
		run("/a", same) // which is noted
		time.Sleep(39 * 24 * time.Hour)
		run("/b", anew) // with which all is written anew
		run("/a", same)
	})
}
