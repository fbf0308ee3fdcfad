package rest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/trace"
)

// step is what a server does with one attempt.
type step struct {
	status int
	header map[string]string
	body   string
	more   io.Reader // behind it, in a read of its own; may be nil
	err    error     // no answer
}

// server answers each attempt with the next step, the last one for ever, at once.
type server struct {
	steps []step
	sent  []string // method and address of each attempt
	at    []time.Duration
	heads []http.Header
	begun time.Time
}

func (s *server) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.begun.IsZero() {
		s.begun = time.Now()
	}
	text := r.Method + " " + r.URL.String()
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		text = strings.TrimSpace(text + " " + string(body))
	}
	now := s.steps[min(len(s.sent), len(s.steps)-1)]
	s.sent, s.at, s.heads = append(s.sent, text), append(s.at, time.Since(s.begun)), append(s.heads, r.Header.Clone())
	if now.err != nil {
		return nil, now.err
	}
	w := httptest.NewRecorder()
	for name, value := range now.header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(now.status)
	_, _ = io.WriteString(w, now.body)
	resp := w.Result()
	if now.more != nil {
		resp.Body = io.NopCloser(io.MultiReader(resp.Body, now.more))
	}
	return resp, nil
}

func (s *server) client(t *testing.T, change ...func(*Config)) *Client {
	t.Helper()
	return client(t, "https://x.example", append([]func(*Config){func(cfg *Config) { cfg.Transport = s }}, change...)...)
}

func statuses(all ...int) (out []step) {
	for _, status := range all {
		out = append(out, step{status: status})
	}
	return out
}

func asks(status int, wait string) step {
	return step{status: status, header: map[string]string{"Retry-After": wait}}
}

// dated asks to wait until a date, at one by the server's clock.
func dated(until, now string) step {
	return step{status: 503, header: map[string]string{"Retry-After": until, "Date": now}}
}

func lost(err error) step { return step{err: err} }

// TestWaits holds how often and when each kind of failure is tried again.
func TestWaits(t *testing.T) {
	reset, dial := &net.OpError{Op: "read", Err: syscall.ECONNRESET}, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for _, tt := range []struct {
		name   string
		method string
		steps  []step
		limit  time.Duration // the caller's
		want   int           // attempts
		took   time.Duration // until the last of them, where it is certain
		says   string        // of the last wait
	}{
		{name: "four tries", steps: statuses(500), want: 4},
		{name: "every status that passes", steps: statuses(408, 425, 429, 200), want: 4},
		{name: "those of a gateway", steps: statuses(502, 503, 504, 200), want: 4},
		{name: "no other", steps: statuses(400), want: 1},
		{name: "not implemented", steps: statuses(501), want: 1},
		{name: "503 without a time, to a POST", method: "POST", steps: statuses(503, 200), want: 1},
		{name: "as long as the server asks", steps: []step{asks(429, "30"), {status: 200}}, want: 2, took: 30 * time.Second, says: "Test: answered 429 and asked to wait, next try in 30s"},
		{name: "at most two minutes", steps: []step{asks(429, "120"), {status: 200}}, want: 2, took: 2 * time.Minute, says: "Test: answered 429 and asked to wait, next try in 2m0s"},
		{name: "and no longer", steps: []step{asks(429, "121"), {status: 200}}, want: 1},
		{name: "one second is worth a word", steps: []step{asks(503, "1"), {status: 200}}, want: 2, took: time.Second, says: "Test: answered 503 and asked to wait, next try in 1s"},
		{name: "less is not", steps: []step{asks(503, "0.9"), {status: 200}}, want: 2, took: 900 * time.Millisecond},
		{name: "until when it asks, where its clock is ahead", steps: []step{dated("Sat, 01 Jan 2000 02:00:30 GMT", "Sat, 01 Jan 2000 02:00:00 GMT"), {status: 200}}, want: 2, took: 30 * time.Second, says: "Test: answered 503 and asked to wait, next try in 30s"},
		{name: "and where it is behind", steps: []step{dated("Fri, 31 Dec 1999 22:00:30 GMT", "Fri, 31 Dec 1999 22:00:00 GMT"), {status: 200}}, want: 2, took: 30 * time.Second, says: "Test: answered 503 and asked to wait, next try in 30s"},
		{name: "but of none that is broken", steps: []step{dated("Sat, 01 Jan 2000 00:00:30 GMT", "Wed, 31 Dec 1969 23:00:00 GMT"), {status: 200}}, want: 2, took: 30 * time.Second, says: "Test: answered 503 and asked to wait, next try in 30s"},
		{name: "not beyond the caller's deadline", steps: []step{asks(429, "30"), {status: 200}}, limit: 20 * time.Second, want: 1},
		{name: "within the caller's deadline", steps: []step{asks(429, "30"), {status: 200}}, limit: 40 * time.Second, want: 2, took: 30 * time.Second, says: "Test: answered 429 and asked to wait, next try in 30s"},
		{name: "reset", method: "PUT", steps: []step{lost(reset), {status: 200}}, want: 2},
		{name: "reset, to a POST", method: "POST", steps: []step{lost(reset), {status: 200}}, want: 1},
		{name: "no connection, to a POST", method: "POST", steps: []step{lost(dial), {status: 200}}, want: 2},
		{name: "no connection to the proxy, to a POST", method: "POST", steps: []step{lost(&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}), {status: 200}}, want: 2},
		{name: "no such host, to a POST", method: "POST", steps: []step{lost(&net.DNSError{Name: "x.example"}), {status: 200}}, want: 2},
		{name: "no authority", steps: []step{lost(x509.UnknownAuthorityError{})}, want: 1},
		{name: "no valid certificate", steps: []step{lost(x509.CertificateInvalidError{Cert: &x509.Certificate{}})}, want: 1},
		{name: "another host's certificate", steps: []step{lost(x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"})}, want: 1},
		{name: "our own", steps: []step{lost(fault.Errorf(fault.Input, "no"))}, want: 1},
		{name: "an answer that is too long", steps: []step{{status: 200, body: strings.Repeat("x", 101)}}, want: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{steps: tt.steps}
				said := ""
				c := s.client(t, func(cfg *Config) {
					cfg.Notify = func(text string) { said = text }
					cfg.MaxBody = 100
				})
				ctx := t.Context()
				if tt.limit > 0 {
					var cancel func()
					ctx, cancel = context.WithTimeout(ctx, tt.limit)
					defer cancel()
				}
				_, _ = c.Do(ctx, Request{Method: tt.method, Path: "/"})
				if len(s.sent) != tt.want {
					t.Fatalf("%d attempts, want %d", len(s.sent), tt.want)
				}
				if tt.took > 0 && (s.at[tt.want-1] != tt.took || said != tt.says) {
					t.Errorf("the last after %s, saying %q", s.at[tt.want-1], said)
				}
			})
		})
	}
}

// TestBackoff holds the waits that no server asks for: they double, at random within a half, and those that are long are said.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 20 {
			s := &server{steps: statuses(500)}
			var said []string
			c := s.client(t, func(cfg *Config) {
				cfg.Tries = 9
				cfg.Notify = func(text string) { said = append(said, text) }
			})
			if resp, err := c.Do(t.Context(), Request{}); err != nil || resp.Status != 500 || len(s.at) != 9 {
				t.Fatalf("%d attempts, %v", len(s.at), err)
			}
			for i := range 8 {
				most := min(backoffBase<<i, 20*time.Second)
				if wait := s.at[i+1] - s.at[i]; wait < most/2 || wait >= most {
					t.Errorf("wait %d is %s, want %s to %s", i+1, wait, most/2, most)
				}
			}
			if len(said) < 6 || len(said) > 7 || !strings.HasPrefix(said[5], "Test: answered 500, next try in ") {
				t.Errorf("%q", said)
			}
		}
		s := &server{steps: []step{lost(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})}}
		said := ""
		_, _ = s.client(t, func(cfg *Config) { cfg.Tries, cfg.Notify = 5, func(text string) { said = text } }).Do(t.Context(), Request{})
		if !strings.HasPrefix(said, "Test: no answer, next try in ") {
			t.Errorf("%q", said)
		}
	})
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"": 0, "x": 0, "0": 0, "-1": 0, "NaN": 0, " 120 ": 2 * time.Minute, "1.5": 1500 * time.Millisecond, "1e99": 1e9 * time.Second, "Inf": 1e9 * time.Second,
		now.Add(time.Minute).Format(http.TimeFormat): time.Minute, now.Format(http.TimeFormat): 0, now.Add(-time.Minute).Format(http.TimeFormat): 0,
	} {
		if got := RetryAfter(text, now); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

// other is an error of another way than HTTP.
type other struct{ none bool }

func (other) Error() string    { return "other" }
func (o other) NoEffect() bool { return o.none }

// TestEffect holds what each end of a request proves: that it may have had its effect, that it surely had none, or nothing.
func TestEffect(t *testing.T) {
	reset := lost(&net.OpError{Op: "read", Err: syscall.ECONNRESET})
	for _, tt := range []struct {
		name          string
		steps         []step
		ambiguous, no bool
	}{
		{"refused", statuses(403), false, true},
		{"the first refusal there is", statuses(400), false, true},
		{"the last refusal there is", statuses(499), false, true},
		{"a redirect that leads nowhere", statuses(304), false, false},
		{"timed out at the server", statuses(408), false, false},
		{"failed", statuses(500), true, false},
		{"not implemented", statuses(501), false, false},
		{"cut", []step{reset}, true, false},
		{"cut, then refused", []step{reset, {status: 409}}, false, false},
		{"failed, then refused", statuses(500, 409), false, false},
		{"not let in, then refused", statuses(429, 409), false, true},
		{"not connected, then refused", []step{lost(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), {status: 409}}, false, true},
		{"not connected", []step{lost(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})}, false, true},
		{"not through the proxy", []step{lost(proxyError{"407 no"})}, false, true},
		{"no such host", []step{lost(&net.DNSError{Name: "x"})}, false, true},
		{"no authority", []step{lost(x509.UnknownAuthorityError{})}, false, true},
		{"done, and said so in no form", []step{{status: 200, body: "<html>"}}, true, false},
		{"something else", []step{{status: 203, body: "{}"}}, true, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, err := (&server{steps: tt.steps}).client(t, func(cfg *Config) { cfg.Tries = 2 }).Call(t.Context(), Request{Method: "PUT", Body: []byte("x")}, new(map[string]any))
				if Ambiguous(err) != tt.ambiguous || Refused(err) != tt.no {
					t.Errorf("%v: ambiguous %v, refused %v", err, Ambiguous(err), Refused(err))
				}
				if kind := fault.Of(err); !errors.Is(AfterLost(true, err), kind) || !Ambiguous(AfterLost(true, err)) || Refused(AfterLost(true, err)) {
					t.Errorf("behind a lost one: %v", AfterLost(true, err))
				}
				if AfterLost(false, err) != err {
					t.Error("behind one that was answered it is another error")
				}
			})
		})
	}
	refusal := &StatusError{Status: 403} // which proves nothing of what it is joined with
	for _, tt := range []struct {
		err           error
		ambiguous, no bool
	}{{nil, false, false}, {errors.New("x"), false, false}, {AfterLost(true, nil), false, false}, {&StatusError{Status: 500}, true, false}, {&StatusError{Status: 499}, false, true}, {other{true}, false, true}, {other{false}, true, false}, {errors.Join(refusal, &StatusError{Status: 404}), false, true}, {errors.Join(errors.New("x"), refusal), false, true}, {errors.Join(refusal, &StatusError{Status: 500}), true, false}, {fmt.Errorf("%w; %w", refusal, &ConnectionError{Sent: true}), true, false}, {errors.Join(refusal, &StatusError{Status: 408}), false, false}, {errors.Join(refusal, fault.Errorf(fault.Service, "y: %w", AfterLost(true, refusal))), true, false}} {
		if Ambiguous(tt.err) != tt.ambiguous || Refused(tt.err) != tt.no {
			t.Errorf("%v: ambiguous %v, refused %v", tt.err, Ambiguous(tt.err), Refused(tt.err))
		}
	}
	if Unclear(nil) || Unclear(&http.Response{}) {
		t.Error("an answer to nothing is unclear")
	}
}

func TestStatusErrors(t *testing.T) {
	for _, tt := range []struct {
		e    StatusError
		kind fault.Kind
		text string
	}{
		{StatusError{Status: 401, Method: "GET", URL: "u"}, fault.Auth, "GET u: 401 Unauthorized"},
		{StatusError{Op: "ask", Status: 403, Message: "no"}, fault.Auth, "ask:  : 403 Forbidden: no"},
		{StatusError{Status: 403, Limited: true, RetryAfter: 90 * time.Second}, fault.Service, " : 403 Forbidden (asks to wait 1m30s)"},
		{StatusError{Status: 403, Limited: true, Guess: "probably", RetryAfter: 1}, fault.Service, " : 403 Forbidden (probably)"},
		{StatusError{Status: 302}, fault.Service, " : 302 Found"},
		{StatusError{Status: 400}, fault.Input, " : 400 Bad Request"},
		{StatusError{Status: 404}, fault.Input, " : 404 Not Found"},
		{StatusError{Status: 408}, fault.Service, " : 408 Request Timeout"},
		{StatusError{Status: 425}, fault.Service, " : 425 Too Early"},
		{StatusError{Status: 429}, fault.Service, " : 429 Too Many Requests"},
		{StatusError{Status: 499}, fault.Input, " : 499 "},
		{StatusError{Status: 500}, fault.Service, " : 500 Internal Server Error"},
	} {
		err := error(&tt.e)
		if fault.Of(err) != tt.kind || err.Error() != tt.text || Status(fmt.Errorf("x: %w", err)) != tt.e.Status {
			t.Errorf("%q, kind %v, status %d", err, fault.Of(err), Status(err))
		}
		if want := tt.e.Limited || tt.e.RetryAfter > 0; Overloaded(err) != want {
			t.Errorf("%v: overloaded %v", err, !want)
		}
		if gone := Gone(err) == nil; gone != (tt.e.Status == 404) {
			t.Errorf("%v: gone %v", err, gone)
		}
	}
	if Status(nil) != 0 || Status(errors.New("x")) != 0 || Overloaded(errors.New("x")) || Overloaded(&StatusError{Status: 503}) || !Overloaded(&StatusError{Status: 503, RetryAfter: 1}) || Gone(nil) != nil {
		t.Error("errors without a status")
	}
}

// TestRedirects holds which are followed, and what goes along.
func TestRedirects(t *testing.T) {
	to := func(status int, location string) step {
		return step{status: status, header: map[string]string{"Location": location}}
	}
	fine := step{status: 200, body: "{}"}
	nine := make([]step, 9)
	for i := range nine {
		nine[i] = to(302, "/on")
	}
	bare := func(cfg *Config) { cfg.Credential = Credential{} }
	for _, tt := range []struct {
		name   string
		r      Request
		change func(*Config)
		steps  []step
		sent   string // the last attempt; "" if the first was
		says   string // the refusal
		open   bool   // the last attempt carries no credential
	}{
		{name: "within the origin", steps: []step{to(302, "/b"), fine}, sent: "GET https://x.example/b"},
		{name: "HEAD", r: Request{Method: "HEAD"}, steps: []step{to(307, "/b"), fine}, sent: "HEAD https://x.example/b"},
		{name: "the port of the scheme", steps: []step{to(302, "https://x.example:443/b"), fine}, sent: "GET https://x.example:443/b"},
		{name: "nine", steps: append(append([]step{}, nine...), fine), sent: "GET https://x.example/on"},
		{name: "ten", steps: append(append([]step{}, nine...), to(302, "/on"), fine), sent: "GET https://x.example/on", says: "stopped after 10 redirects"},
		{name: "another port", steps: []step{to(302, "https://x.example:8443/b")}, says: "GET was redirected to another origin, https://x.example:8443/b"},
		{name: "another host", steps: []step{to(302, "https://y.example/b?secret")}, says: "GET was redirected to another origin, https://y.example/b"},
		{name: "another host, where nothing is carried", change: bare, steps: []step{to(302, "https://y.example/b"), fine}, sent: "GET https://y.example/b", open: true},
		{name: "HEAD to another host, where nothing is carried", r: Request{Method: "HEAD"}, change: bare, steps: []step{to(302, "https://y.example/b"), fine}, sent: "HEAD https://y.example/b", open: true},
		{name: "where an answer is stored", r: Request{Stored: true}, steps: []step{to(302, "https://y.example/b"), fine}, sent: "GET https://y.example/b", open: true},
		{name: "plain http", change: bare, steps: []step{to(302, "http://x.example/b")}, says: "GET was redirected to plain http, http://x.example/b"},
		{name: "plain http of this machine", change: bare, steps: []step{to(302, "http://127.0.0.1:9/b")}, says: "GET was redirected to plain http, http://127.0.0.1:9/b"},
		{name: "plain http, where that is allowed, is another origin", change: func(cfg *Config) { cfg.InsecureHTTP = true }, steps: []step{to(302, "http://x.example/b")}, says: "GET was redirected to another origin"},
		{name: "a POST that would become a GET", r: Request{Method: "POST", Body: []byte("x")}, steps: []step{to(303, "/b")}, says: "POST was redirected to https://x.example/b, which would turn it into a GET"},
		{name: "a POST within the origin", r: Request{Method: "POST", Body: []byte("x")}, steps: []step{to(307, "/b"), fine}, sent: "POST https://x.example/b x"},
		{name: "a POST to another, whatever is carried", r: Request{Method: "POST", Body: []byte("x")}, change: bare, steps: []step{to(307, "https://y.example/b")}, says: "POST was redirected to another origin"},
		{name: "a POST to where an answer is stored", r: Request{Method: "POST", Body: []byte("x"), Stored: true}, steps: []step{to(307, "https://y.example/b")}, says: "POST was redirected to another origin"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &server{steps: tt.steps}
			c := s.client(t, func(cfg *Config) {
				if tt.change != nil {
					tt.change(cfg)
				}
			})
			tt.r.Path = "/a"
			_, err := c.Call(t.Context(), tt.r, nil)
			if (err == nil) != (tt.says == "") || err != nil && (!strings.Contains(err.Error(), tt.says) || fault.Of(err) != fault.Service || strings.Contains(err.Error(), "secret")) {
				t.Errorf("%v, want %q", err, tt.says)
			}
			if err != nil && !strings.Contains(fault.Hint(err), "base URL") {
				t.Errorf("hint %q", fault.Hint(err))
			}
			last := len(s.sent) - 1
			if tt.sent == "" && last != 0 || tt.sent != "" && s.sent[last] != tt.sent {
				t.Errorf("%q", s.sent)
			}
			if carried := s.heads[last].Get("project-token") != ""; tt.sent != "" && carried == tt.open {
				t.Errorf("carried the credential: %v", carried)
			}
		})
	}
}

// TestRedirectToSignIn: who is sent to a page to sign in has a wrong token, and no wrong address.
func TestRedirectToSignIn(t *testing.T) {
	for _, r := range []Request{{Path: "/a"}, {Path: "/a", Method: "POST", Body: []byte("x")}} {
		for _, at := range []string{"https://sps.y.example/_signin?realm=x", "https://y.example/users/sign_in", "https://y.example/Login"} {
			s := &server{steps: []step{{status: 302, header: map[string]string{"Location": at}}}}
			_, err := s.client(t).Call(t.Context(), r, nil)
			if fault.Of(err) != fault.Auth || !strings.Contains(fault.Hint(err), "sign-in page") || len(s.sent) != 1 {
				t.Errorf("%s: %v (%s), hint %q", at, err, fault.Of(err), fault.Hint(err))
			}
		}
	}
	s := &server{steps: []step{{status: 302, header: map[string]string{"Location": "https://y.example/repos/login"}}}}
	if _, err := s.client(t).Call(t.Context(), Request{Path: "/repos/login"}, nil); fault.Of(err) != fault.Service {
		t.Errorf("a repository of such a name: %v (%s), hint %q", err, fault.Of(err), fault.Hint(err))
	}
}

// TestCredentials holds what each sends, and what a refused one is asked for again.
func TestCredentials(t *testing.T) {
	broken := fault.Errorf(fault.Auth, "the key is gone")
	value := secret.New("token-0123456789abcdef")
	returns := func(v secret.Value, err error) Credential {
		return BearerFrom(func(context.Context) (secret.Value, error) { return v, err })
	}
	for _, tt := range []struct {
		name   string
		cred   Credential
		sent   int
		header string
	}{
		{"none", Credential{}, 1, ""},
		{"header", Header("Authorization", value), 1, value.Expose()},
		{"bearer", Bearer(value), 1, "Bearer " + value.Expose()},
		{"basic", Basic("me", value), 1, "Basic bWU6dG9rZW4tMDEyMzQ1Njc4OWFiY2RlZg=="},
		{"scheme", Scheme("AWS", value), 1, "AWS " + value.Expose()},
		{"a source that has no other", returns(value, nil), 1, "Bearer " + value.Expose()},
		{"a source that has none", returns(secret.Value{}, nil), 1, ""},
		{"a source that fails", returns(value, broken), 0, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &server{steps: []step{{status: 401, body: `{"message":"not ` + value.Expose() + `"}`}}}
			pacer := &counting{}
			c := s.client(t, func(cfg *Config) { cfg.Credential, cfg.Pace, cfg.UserAgent = tt.cred, pacer, "gatewright/1" })
			mine := map[string]string{"Authorization": "mine", "Private-Token": "mine", "User-Agent": "mine"}
			_, err := c.Call(t.Context(), Request{Op: "ask", Header: mine}, nil)
			if fault.Of(err) != fault.Auth || len(s.sent) != tt.sent || pacer.open != 0 {
				t.Fatalf("%d attempts, %d places taken, %v", len(s.sent), pacer.open, err)
			}
			if tt.sent == 0 {
				return
			}
			if got := s.heads[0]; got.Get("Authorization") != tt.header || got.Get("Private-Token") != "" || got.Get("User-Agent") != "gatewright/1" {
				t.Errorf("%v", got)
			}
			if tt.header != "" && strings.Contains(err.Error(), value.Expose()) {
				t.Errorf("shown: %v", err)
			}
		})
	}
}

// counting knows how many requests are on their way, and what to say of each answer.
type counting struct {
	open  int
	limit Limit
	err   error
}

func (p *counting) Acquire(context.Context, *http.Request) (func(*http.Response) Limit, error) {
	if p.err != nil {
		return nil, p.err
	}
	p.open++
	return func(resp *http.Response) Limit {
		p.open--
		if resp == nil || resp.StatusCode == 200 {
			return Limit{}
		}
		return p.limit
	}, nil
}

// TestLimits holds what the pacer's word about an answer makes of it.
func TestLimits(t *testing.T) {
	refused := step{status: 403}
	for _, tt := range []struct {
		name   string
		method string
		limit  Limit
		err    error
		sent   int
		text   string
	}{
		{"no limit", "GET", Limit{}, nil, 1, "403 Forbidden"},
		{"a limit, even of a POST", "POST", Limit{Reached: true, Wait: time.Minute}, nil, 2, ""},
		{"a limit for too long", "GET", Limit{Reached: true, Wait: time.Hour}, nil, 1, "403 Forbidden (asks to wait 1h0m0s)"},
		{"perhaps a limit, of a POST", "POST", Limit{Reached: true, Unclear: true, Guess: "probably a limit"}, nil, 1, "403 Forbidden (probably a limit)"},
		{"no place", "GET", Limit{}, fault.Errorf(fault.Service, "the wait is too long"), 0, "the wait is too long"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &server{steps: []step{refused, {status: 200}}}
				pacer := &counting{limit: tt.limit, err: tt.err}
				_, err := s.client(t, func(cfg *Config) { cfg.Pace = pacer }).Call(t.Context(), Request{Method: tt.method}, nil)
				if len(s.sent) != tt.sent || pacer.open != 0 {
					t.Errorf("%d attempts, %d places taken", len(s.sent), pacer.open)
				}
				if (err == nil) != (tt.text == "") || err != nil && !strings.HasSuffix(err.Error(), tt.text) {
					t.Errorf("%v, want …%s", err, tt.text)
				}
				if limited := tt.limit.Reached; err != nil && tt.err == nil && strings.Contains(fault.Hint(err), "run it again later") != limited {
					t.Errorf("hint %q", fault.Hint(err))
				}
				if tt.sent == 2 && s.at[1] != 0 {
					t.Errorf("waited %s beside the pacer", s.at[1])
				}
			})
		})
	}
}

func TestRequests(t *testing.T) {
	s := &server{steps: statuses(204)}
	c := s.client(t)
	for _, r := range []Request{
		{},
		{Path: "/a", Query: url.Values{"q": {"x y"}}, Header: map[string]string{"X-A": "b", "Accept": "text/plain"}},
		{Method: "PUT", Path: "/b", JSON: []int{1}},
		{Method: "PATCH", Path: "/c", Body: []byte("<a/>"), ContentType: "text/xml"},
	} {
		if _, err := c.Call(t.Context(), r, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"GET https://x.example", "GET https://x.example/a?q=x+y", "PUT https://x.example/b [1]", "PATCH https://x.example/c <a/>"}
	if diff := cmp.Diff(want, s.sent); diff != "" {
		t.Error(diff)
	}
	var got []string
	for _, h := range s.heads {
		got = append(got, h.Get("Accept")+"|"+h.Get("Content-Type")+"|"+h.Get("X-A")+"|"+h.Get("User-Agent"))
	}
	if diff := cmp.Diff([]string{"application/json|||gatewright", "text/plain||b|gatewright", "application/json|application/json||gatewright", "application/json|text/xml||gatewright"}, got); diff != "" {
		t.Error(diff)
	}
	for _, r := range []Request{{Op: "ask", JSON: func() {}}, {Op: "ask", Method: "a b"}} {
		if resp, err := c.Do(t.Context(), r); fault.Of(err) != fault.Bug || resp != nil {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, tt := range []struct {
		name  string
		step  step
		later bool
		out   any
		says  string
	}{
		{"done", step{status: 200, body: "{}"}, false, new(map[string]any), ""},
		{"made", step{status: 201, body: "text"}, false, nil, ""},
		{"nothing to say", step{status: 204}, false, nil, ""},
		{"later", step{status: 202}, true, nil, ""},
		{"later, where it must be now", step{status: 202}, false, nil, "answered 202, which does not say that it was done"},
		{"from elsewhere", step{status: 203}, true, nil, "answered 203"},
		{"the last of those", step{status: 299}, true, nil, "answered 299"},
		{"not changed", step{status: 300}, false, nil, "300 Multiple Choices"},
		{"a page where nothing is expected", step{status: 200, body: " <!DOCTYPE html><title>Sign in</title>"}, false, nil, `with HTML ("Sign in") where`},
		{"another page", step{status: 200, body: "<HTML>"}, false, nil, "with HTML where"},
		{"no page", step{status: 200, body: "<xml/>"}, false, nil, ""},
		{"empty", step{status: 200}, false, new(map[string]any), "with an empty body where"},
		{"cut", step{status: 200, body: `{"a":`}, false, new(map[string]any), "with JSON of another shape or cut short where"},
		{"a list", step{status: 200, body: " [1]"}, false, new(map[string]any), "with JSON of another shape or cut short where"},
		{"text", step{status: 200, body: "fine"}, false, new(map[string]any), "with text where"},
	} {
		resp, err := (&server{steps: []step{tt.step}}).client(t).Call(t.Context(), Request{Op: "ask", Later: tt.later}, tt.out)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) || resp == nil || resp.Status != tt.step.status {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.says)
		}
	}
}

// TestLibrary holds what a library sees that asks over the client.
func TestLibrary(t *testing.T) {
	s := &server{steps: []step{
		{status: 200, body: "{}", header: map[string]string{"X-Ratelimit-Remaining": "0", "X-Ratelimit-Reset": "1", "Link": "next"}},
		{status: 404, body: `{"message":"no such thing"}`},
		lost(x509.UnknownAuthorityError{}),
		{status: 200, body: strings.Repeat("x", 101)},
	}}
	c := s.client(t, func(cfg *Config) { cfg.MaxBody = 100 })
	lib := c.HTTP()
	resp, err := lib.Get("https://x.example/a?secret")
	if err != nil {
		t.Fatal(err)
	}
	if resp.Header.Get("X-Ratelimit-Remaining")+resp.Header.Get("X-Ratelimit-Reset") != "" || resp.Header.Get("Link") != "next" {
		t.Errorf("%v", resp.Header)
	}
	if resp, err = lib.Get("https://x.example/a?secret"); err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	err = c.Adopt("look", resp, body).Err()
	if want := "look: GET https://x.example/a: 404 Not Found: no such thing"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	err = c.Adopt("look", &http.Response{StatusCode: 404}, nil).Err()
	if want := "look:  https://x.example: 404 Not Found"; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
	_, err = lib.Get("https://x.example/a?secret")
	err = c.Foreign("look", err)
	if !strings.HasPrefix(err.Error(), "look: GET https://x.example/a: ") || strings.Contains(err.Error(), "secret") || !Refused(err) || !strings.Contains(fault.Hint(err), "SSL_CERT_FILE") {
		t.Errorf("%v, hint %q", err, fault.Hint(err))
	}
	if _, err = lib.Get("https://x.example/a"); !Ambiguous(c.Foreign("look", err)) {
		t.Errorf("too long an answer: %v", err)
	}
	broken := errors.New("broken")
	if _, err = lib.Post("https://x.example/a", "text/plain", iotest.ErrReader(broken)); !errors.Is(err, broken) || len(s.sent) != 4 {
		t.Errorf("a body that cannot be read: %v, sent %q", err, s.sent)
	}
	if err := c.Foreign("look", fs.ErrInvalid); err.Error() != "look:  https://x.example: invalid argument" {
		t.Errorf("%v", err)
	}
	if err := c.Foreign("look", &url.Error{Op: "Get", URL: "https://%zz", Err: fs.ErrInvalid}); err.Error() != "look: GET https://x.example: invalid argument" {
		t.Errorf("%v", err)
	}
}

// listener keeps what --debug shows, and of what how much was sent at last.
type listener struct {
	lines []string
	doing string
	quiet bool
}

func (l *listener) Debugs() bool      { return !l.quiet }
func (l *listener) Debug(text string) { l.lines = append(l.lines, text) }
func (l *listener) Doing(what string, done, total int64) {
	if total > 0 {
		l.doing = fmt.Sprintf("%s: %d of %d", what, done, total)
	}
}

func TestTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &server{steps: []step{
			{status: 429, header: map[string]string{"X-Ratelimit-Remaining": "0", "Retry-After": "1"}},
			lost(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}),
			{status: 200},
		}}
		if s.client(t).retry.Logger != nil {
			t.Error("the engine writes every address to standard error, with its query")
		}
		log := &listener{}
		if _, err := s.client(t).Do(trace.With(t.Context(), log), Request{Path: "/a", Query: url.Values{"sig": {"secret"}}}); err != nil {
			t.Fatal(err)
		}
		want := []string{
			"GET https://x.example/a: 429 in 0s; Retry-After: 1, X-RateLimit-Remaining: 0",
			"GET https://x.example/a (attempt 2): dial: connection refused, after 0s",
			"GET https://x.example/a (attempt 3): 200 in 0s",
		}
		if diff := cmp.Diff(want, log.lines); diff != "" {
			t.Error(diff)
		}
		log = &listener{quiet: true}
		if _, err := s.client(t).Do(trace.With(t.Context(), log), Request{Method: "PUT", Path: "/a", Body: make([]byte, 1<<20)}); err != nil {
			t.Fatal(err)
		}
		if log.lines != nil || !strings.HasPrefix(log.doing, "PUT https://x.example/a: ") || !strings.HasSuffix(log.doing, " of 1048576") {
			t.Errorf("%q, %q", log.lines, log.doing)
		}
	})
}

func TestCredentialEnds(t *testing.T) {
	want := time.Date(2026, 12, 1, 10, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-12-01 10:00:00 UTC": want, "2026-12-01 12:00:00 +0200": want, "2026-12-01T10:00:00Z": want, "soon": {}, "": {},
	} {
		var clock ServerClock
		s := &server{steps: []step{{status: 200, header: map[string]string{"Ends": text}}}}
		if _, err := s.client(t, func(cfg *Config) { cfg.Clock, cfg.EndsHeader = &clock, "Ends" }).Do(t.Context(), Request{}); err != nil {
			t.Fatal(err)
		}
		if got := clock.CredentialEnds(); !got.Equal(want) {
			t.Errorf("%q: %s", text, got)
		}
		if _, err := s.client(t, func(cfg *Config) { cfg.Clock = &clock }).Do(t.Context(), Request{}); err != nil || !clock.CredentialEnds().Equal(want) {
			t.Errorf("%q: a client that does not look for it changes it: %v", text, err)
		}
	}
}

// TestAdvice holds which advice an answer gets: the first of its status, address and words, and none about a limit.
func TestAdvice(t *testing.T) {
	list := []Advice{
		{Status: 403, Path: "/orgs", Words: "SAML", Text: "sign in"},
		{Status: 403, Path: "/orgs", Text: "ask an owner", Kind: fault.Input},
		{Status: 404, Text: "look again"},
	}
	for _, tt := range []struct {
		path string
		step step
		kind fault.Kind
		hint string
	}{
		{"/orgs/a", step{status: 403, body: `{"message":"SAML enforcement"}`}, fault.Auth, "sign in"},
		{"/orgs/a", step{status: 403, body: `{"message":"no"}`}, fault.Input, "ask an owner"},
		{"/users/a", step{status: 403, body: `{"message":"SAML enforcement"}`}, fault.Auth, ""},
		{"/orgs/a", step{status: 400, body: `{"message":"SAML enforcement"}`}, fault.Input, ""},
		{"/users/a", step{status: 404}, fault.Input, "look again"},
	} {
		_, err := (&server{steps: []step{tt.step}}).client(t, func(cfg *Config) { cfg.Advise = func(*StatusError) []Advice { return list } }).Call(t.Context(), Request{Path: tt.path}, nil)
		if fault.Of(err) != tt.kind || fault.Hint(err) != tt.hint || Status(err) != tt.step.status {
			t.Errorf("%s: %v, kind %v, hint %q", tt.path, err, fault.Of(err), fault.Hint(err))
		}
		hinted := Hint(err, "other", 403, 404)
		if got := fault.Hint(hinted); (got == "other") != (tt.step.status != 400) || Status(hinted) != tt.step.status {
			t.Errorf("%s: %v, hint %q", tt.path, hinted, got)
		}
	}
}

// TestReasons holds what is said where there was no answer, and through which proxy there was none.
func TestReasons(t *testing.T) {
	proxy := func(*url.URL) (*url.URL, error) { return url.Parse("http://me:secret@proxy.example:3128") }
	for _, tt := range []struct {
		err   error
		proxy bool
		want  string
		hint  string
	}{
		{&net.DNSError{Name: "x.example", IsNotFound: true}, false, "GET https://x.example: cannot resolve x.example", "DNS"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, false, "GET https://x.example: connection refused", "the service is up"},
		{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, true, "GET https://x.example: connection refused (through the proxy proxy.example:3128)", "the service is up"},
		{&net.OpError{Op: "proxyconnect", Err: syscall.ECONNREFUSED}, true, "GET https://x.example: connection refused (by the proxy proxy.example:3128)", "NO_PROXY"},
		{proxyError{"407 Proxy Authentication Required"}, true, "GET https://x.example: answered 407 Proxy Authentication Required (by the proxy proxy.example:3128)", "NO_PROXY"},
	} {
		s := &server{steps: []step{lost(tt.err)}}
		_, err := s.client(t, func(cfg *Config) {
			cfg.Tries = 1
			if tt.proxy {
				cfg.Proxy = proxy
			}
		}).Do(t.Context(), Request{})
		if err == nil || err.Error() != tt.want || !strings.Contains(fault.Hint(err), tt.hint) {
			t.Errorf("%v, hint %q; want %s", err, fault.Hint(err), tt.want)
		}
	}
}

// TestLastAnswerIsRead: what the last of several tries says is what the error says.
func TestLastAnswerIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := (&server{steps: []step{{status: 500, body: "first"}, {status: 500, body: "last"}}}).client(t, func(cfg *Config) { cfg.Tries = 2 }).Call(t.Context(), Request{}, nil)
		if err == nil || !strings.HasSuffix(err.Error(), ": last") {
			t.Errorf("%v", err)
		}
	})
}

// TestAnswerThatStops: a body that goes no further is an attempt's end, which is tried again, and the caller's deadline is not.
func TestAnswerThatStops(t *testing.T) {
	for _, tt := range []struct {
		limit time.Duration // the caller's
		sent  int
		kind  fault.Kind
		says  string
	}{
		{0, 3, fault.Service, "no answer within 5s"},
		{3 * time.Second, 1, fault.Timeout, "the deadline passed"},
	} {
		synctest.Test(t, func(t *testing.T) {
			sent := 0
			c := client(t, "https://x.example", func(cfg *Config) {
				cfg.Tries, cfg.Timeout = 3, 5*time.Second
				cfg.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					sent++
					return &http.Response{StatusCode: 200, Header: http.Header{}, ContentLength: -1, Body: io.NopCloser(io.MultiReader(strings.NewReader("[1,"), stopped{r.Context()}))}, nil
				})
			})
			ctx := t.Context()
			if tt.limit > 0 {
				var cancel func()
				ctx, cancel = context.WithTimeout(ctx, tt.limit)
				defer cancel()
			}
			var out []int
			_, err := c.Call(ctx, Request{}, &out)
			if fault.Of(err) != tt.kind || !strings.Contains(fmt.Sprint(err), tt.says) || sent != tt.sent || out != nil {
				t.Errorf("%v after %d attempts, %v", err, sent, out)
			}
		})
	}
}

// stopped is a body that goes no further before its request ends.
type stopped struct{ ctx context.Context }

func (s stopped) Read([]byte) (int, error) {
	<-s.ctx.Done()
	return 0, s.ctx.Err()
}

// TestRenewedCredential: what was refused is sent again as it was with the new credential, once, or not at all.
func TestRenewedCredential(t *testing.T) {
	refused, reset := step{status: 401}, lost(&net.OpError{Op: "read", Err: syscall.ECONNRESET})
	for _, tt := range []struct {
		name, method, body string
		steps              []step
		sent               []string
		says               string
	}{
		{"reading", "GET", "", []step{refused, {status: 200}}, []string{"GET https://x.example", "GET https://x.example"}, ""},
		{"writing", "POST", "body", []step{refused, {status: 200}}, []string{"POST https://x.example body", "POST https://x.example body"}, ""},
		{"refused again", "POST", "body", []step{refused, refused}, []string{"POST https://x.example body", "POST https://x.example body"}, "401"},
		{"lost the second time", "POST", "body", []step{refused, reset}, []string{"POST https://x.example body", "POST https://x.example body"}, "the connection was reset"},
	} {
		n := 0
		s := &server{steps: tt.steps}
		c := s.client(t, func(cfg *Config) {
			cfg.Credential = BearerFrom(func(ctx context.Context) (secret.Value, error) {
				n++
				return secret.New(fmt.Sprintf("token-%d-0123456789", n)), nil
			})
		})
		r := Request{Method: tt.method}
		if tt.body != "" {
			r.Body = []byte(tt.body)
		}
		_, err := c.Call(t.Context(), r, nil)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.sent, s.sent); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		if tt.name != "writing" {
			continue
		}
		// A library's reading is sent again; its stream cannot be, and is not sent empty. Its request is left as it was.
		s.sent = nil
		if resp, err := c.HTTP().Get("https://x.example"); err != nil || resp.StatusCode != 200 || len(s.sent) != 2 {
			t.Errorf("a library's reading, refused first: %v, sent %q", err, s.sent)
		}
		s.steps, s.sent = []step{refused}, nil
		req, _ := http.NewRequest("POST", "https://x.example", io.MultiReader(strings.NewReader("stream")))
		resp, err := c.HTTP().Do(req)
		if err != nil || resp.StatusCode != 401 || len(s.sent) != 1 || len(req.Header) != 0 {
			t.Errorf("a stream: %v, sent %q, with %d headers of ours", err, s.sent, len(req.Header))
		}
	}
}

// TestConnectionsAreKept: a fleet's workers open a connection each, not one for each request.
func TestConnectionsAreKept(t *testing.T) {
	const workers = 8
	var opened atomic.Int32
	var here sync.WaitGroup // all have come before one is answered
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { here.Done(); here.Wait() }))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			opened.Add(1)
		}
	}
	s.Start()
	defer s.Close()
	c := client(t, s.URL)
	for range 3 {
		here.Add(workers)
		var all sync.WaitGroup
		for range workers {
			all.Go(func() {
				if _, err := c.Do(t.Context(), Request{}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	if n := opened.Load(); n > 2*workers {
		t.Errorf("%d connections for %d workers", n, workers)
	}
}
