package rest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

const token = "cdt_0123456789abcdefSECRET"

func client(t *testing.T, url string, change ...func(*Config)) *Client {
	t.Helper()
	cfg := Config{System: "Test", BaseURL: url, Credential: Header("project-token", secret.New(token)), Timeout: time.Minute}
	for _, f := range change {
		f(&cfg)
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// hurried lets a client of a real server wait a hundredth of the time before
// another try. TestBackoff holds how long that is.
func hurried(c *Client) *Client {
	c.retry.Backoff = func(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
		return c.backoff(least, most, attempt, resp) / 100
	}
	return c
}

// answers serves the given statuses one after the other, the last one for
// ever, and counts the requests.
func answers(t *testing.T, n *atomic.Int32, header http.Header, statuses ...int) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		i := int(n.Add(1)) - 1
		for k, v := range header {
			w.Header()[k] = v
		}
		w.WriteHeader(statuses[min(i, len(statuses)-1)])
		fmt.Fprintf(w, `{"got":%q}`, body)
	}))
	t.Cleanup(s.Close)
	return s
}

func TestRetries(t *testing.T) {
	wait := http.Header{"Retry-After": {"0.01"}}
	tests := []struct {
		name     string
		method   string
		repeat   Repeat
		header   http.Header
		statuses []int
		want     int // requests
		status   int
	}{
		{"a PUT is repeated on 500", "PUT", ByMethod, nil, []int{500, 200}, 2, 200},
		{"a GET is repeated on 408 and 425", "GET", ByMethod, nil, []int{408, 425, 200}, 3, 200},
		{"a POST is not repeated on 500", "POST", ByMethod, nil, []int{500, 200}, 1, 500},
		{"a POST is not repeated on a bare 503", "POST", ByMethod, nil, []int{503, 200}, 1, 503},
		{"a POST is repeated on 503 with Retry-After", "POST", ByMethod, wait, []int{503, 200}, 2, 200},
		{"a POST that must not happen twice is sent once on 503, Retry-After or not", "POST", Never, wait, []int{503, 200}, 1, 503},
		{"a POST that must not happen twice is repeated on 429", "POST", Never, nil, []int{429, 200}, 2, 200},
		{"a POST is repeated on 429", "POST", ByMethod, nil, []int{429, 200}, 2, 200},
		{"a POST that is safe is repeated on 500", "POST", Always, nil, []int{500, 200}, 2, 200},
		{"a GET with an effect is not", "GET", Never, nil, []int{500, 200}, 1, 500},
		{"404 is an answer", "GET", ByMethod, nil, []int{404, 200}, 1, 404},
		{"501 stays 501", "GET", ByMethod, nil, []int{501, 200}, 1, 501},
		{"enough is enough", "GET", ByMethod, wait, []int{500}, 4, 500},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var n atomic.Int32
			s := answers(t, &n, tt.header, tt.statuses...)
			req := Request{Op: "try", Method: tt.method, Path: "/x", Repeat: tt.repeat}
			if tt.method != "GET" {
				req.JSON = map[string]int{"a": 1}
			}
			resp, err := hurried(client(t, s.URL)).Do(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			if int(n.Load()) != tt.want || resp.Status != tt.status {
				t.Errorf("%d requests, status %d; want %d, %d", n.Load(), resp.Status, tt.want, tt.status)
			}
			if resp.Status == 200 && tt.method != "GET" && !strings.Contains(string(resp.Body), `{\"a\":1}`) {
				t.Errorf("the repeated request lost its body: %s", resp.Body)
			}
		})
	}
}

// TestRewindHTTP2 repeats a PUT over HTTP/2, where net/http does not rescue a
// body that was consumed by the first attempt.
func TestRewindHTTP2(t *testing.T) {
	t.Parallel()
	var n atomic.Int32
	var last string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		last = r.Proto + " " + string(body)
		if n.Add(1) == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	c := hurried(client(t, s.URL, func(cfg *Config) { cfg.Transport = s.Client().Transport }))
	if _, err := c.Call(context.Background(), Request{Op: "put", Method: "PUT", Path: "/", Body: []byte("payload")}, nil); err != nil {
		t.Fatal(err)
	}
	if n.Load() != 2 || last != "HTTP/2.0 payload" {
		t.Errorf("%d requests, the last with %q", n.Load(), last)
	}
}

func TestLongWaitIsNotObeyed(t *testing.T) {
	var n atomic.Int32
	s := answers(t, &n, http.Header{"Retry-After": {time.Now().Add(time.Hour).UTC().Format(http.TimeFormat)}}, 429)
	_, err := client(t, s.URL).Call(context.Background(), Request{Op: "list", Method: "GET", Path: "/"}, nil)
	var se *StatusError
	if !errors.As(err, &se) || n.Load() != 1 || fault.Of(err) != fault.Service {
		t.Fatalf("%d requests, err = %v", n.Load(), err)
	}
	if se.RetryAfter < 59*time.Minute || !strings.Contains(err.Error(), "asks to wait") {
		t.Errorf("the wait is not told: %v", err)
	}
}

func TestCredentialStaysAtItsOrigin(t *testing.T) {
	var got http.Header
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r.Header.Clone()
		fmt.Fprint(w, "{}")
	}))
	t.Cleanup(other.Close)
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status := http.StatusTemporaryRedirect
		if r.URL.Path == "/303" {
			status = http.StatusSeeOther
		}
		http.Redirect(w, r, other.URL+"/elsewhere", status)
	}))
	t.Cleanup(first.Close)
	c := client(t, first.URL)
	ctx := context.Background()

	// What another origin says is not the service's word; a client without a
	// credential follows, and carries none that a caller set.
	if _, err := c.Call(ctx, Request{Op: "get", Method: "GET", Path: "/"}, nil); fault.Of(err) != fault.Service || got != nil {
		t.Errorf("GET was sent to another origin, err = %v", err)
	}
	header := map[string]string{"Authorization": "Bearer " + token, "PRIVATE-TOKEN": token, "Api-Token": token}
	without := client(t, first.URL, func(cfg *Config) { cfg.Credential = Credential{} })
	if _, err := without.Call(ctx, Request{Op: "get", Method: "GET", Path: "/", Header: header}, nil); err != nil {
		t.Fatal(err)
	}
	for name, values := range got {
		if strings.Contains(strings.Join(values, " "), token) {
			t.Errorf("header %s carried the token to another origin", name)
		}
	}
	for _, path := range []string{"/", "/303"} {
		got = nil
		_, err := c.Call(ctx, Request{Op: "put", Method: "POST", Path: path, JSON: map[string]string{"access_token": token}}, nil)
		if fault.Of(err) != fault.Service || got != nil {
			t.Errorf("POST %s was sent to another origin, err = %v", path, err)
		}
		if !strings.Contains(fault.Hint(err), "base URL") {
			t.Errorf("hint = %q", fault.Hint(err))
		}
	}
}

// TestDots: a name that is "." or ".." would lead to another resource of the server,
// which takes the dots out of an address as the client does.
func TestDots(t *testing.T) {
	c, err := New(Config{System: "test", BaseURL: "http://127.0.0.1:1", Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]fault.Kind{
		Path("repos", "acme", "..", "tokens"): fault.Input, Path("repos", ".", "api"): fault.Input, Path("projects", "acme/../api"): fault.Input,
		Path("repos", "acme", "%2e%2e"): fault.Service, Path("projects", "acme/..api"): fault.Service, Path("a", ".github", "..."): fault.Service,
	} {
		if _, err := c.Do(t.Context(), Request{Op: "ask", Method: "POST", Path: path}); fault.Of(err) != want {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for _, url := range []string{"http://example.com", "ftp://example.com", "example.com", "", "https://user:pw@example.com"} {
		if _, err := New(Config{System: "Test", BaseURL: url}); fault.Of(err) != fault.Input {
			t.Errorf("New(%q) = %v", url, err)
		}
	}
	for _, url := range []string{"https//user:hunter2@example.com", "https://user:hunter2@exa mple.com", "user:hunter2@example.com", "https://user:hunter2@example.com", "://x:hunter2@y", "https://user%3Ahunter2%40example.com", "https://example.com/?hunter2", "https://example.com/#hunter2"} {
		if _, err := New(Config{System: "Test", BaseURL: url}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("New(%q) = %v", url, err)
		}
	}
	for _, url := range []string{"http://127.0.0.1:1", "http://localhost", "http://[::1]:4", "https://example.com/"} {
		if _, err := New(Config{System: "Test", BaseURL: url}); err != nil {
			t.Errorf("New(%q) = %v", url, err)
		}
	}
	if _, err := New(Config{System: "Test", BaseURL: "http://example.com", InsecureHTTP: true}); err != nil {
		t.Error(err)
	}
}

func TestMessage(t *testing.T) {
	tests := map[string]string{
		`{"error":{"message":"inner"}}`:                  "inner",
		`{"error":"NotFound","message":"no such thing"}`: "no such thing",
		`{"error":"not found"}`:                          "not found",
		`{"detail":"d"}`:                                 "d",
		`{"message":"a","innerMessage":"b"}`:             "a (b)",
		"<html><head><title>413 Request\nEntity Too Large</title></head></html>":             "413 Request Entity Too Large",
		`<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce</Message></Error>`: "Reduce",
		"plain \x1b[31mtext\n::error::x":                                                     "plain [31mtext ::error::x",
		"echo " + token:                                                                      "echo ***",
		strings.Repeat("x", maxMessage-9) + " " + token:                                      strings.Repeat("x", maxMessage-9) + " ***", // and not its beginning
		"echo " + token[:9] + "\x01" + token[9:]:                                             "echo ***",
		"":                                                                                   "",
		`{"a":1}`:                                                                            `{"a":1}`,
		strings.Repeat("ä", 200):                                                             strings.Repeat("ä", 150) + "…",
	}
	c := client(t, "http://127.0.0.1:1")
	c.cfg.Redact.Add(secret.New(token))
	for body, want := range tests {
		r := &Response{Body: []byte(body), client: c}
		if diff := cmp.Diff(want, r.Message()); diff != "" {
			t.Errorf("%s: %s", body, diff)
		}
	}
}

func TestDecodeHTML(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html><title>Sign in</title></html>")
	}))
	t.Cleanup(s.Close)
	var out map[string]any
	_, err := client(t, s.URL).Call(context.Background(), Request{Op: "ask", Method: "GET", Path: "/q", Query: map[string][]string{"sig": {"secretquery"}}}, &out)
	if fault.Of(err) != fault.Service || !strings.Contains(err.Error(), `HTML ("Sign in")`) || strings.Contains(err.Error(), "secretquery") {
		t.Errorf("err = %v", err)
	}
}

// TestLackingFields: an answer without what must be in it did not find nothing.
func TestLackingFields(t *testing.T) {
	type page struct {
		Data []struct{} `json:"data" rest:"required"`
		Next *int       `json:"next"`
	}
	type nested struct {
		Data struct {
			Email string `json:"email" rest:"required"`
		} `json:"data" rest:"required"`
	}
	type row struct {
		ID int `json:"id" rest:"required"`
	}
	c := client(t, "http://127.0.0.1:1")
	for _, tt := range []struct {
		body string
		out  any
		fine bool
	}{
		{`[{"id":1},{"id":0}]`, &[]row{}, true},
		{`[{"id":1},{}]`, &[]row{}, false},
		{`null`, new(*row), true},
		{`{}`, new(*row), false},
		{`{"data":[]}`, &page{}, true},
		{`{"data":[],"next":null}`, &page{}, true},
		{`{"data":null}`, &page{}, false},
		{`{}`, &page{}, false},
		{`null`, &page{}, false},
		{`null`, &[]string{}, false},
		{`[]`, &[]string{}, true},
		{`null`, new(any), true},
		{`{"data":{"email":""}}`, &nested{}, true},
		{"\ufeff" + `{"data":{"email":""}}`, &nested{}, true},
		{`{"data":{}}`, &nested{}, false},
		{`{"data":{"email":null}}`, &nested{}, false},
	} {
		err := (&Response{Status: 200, Body: []byte(tt.body), client: c}).Decode(tt.out)
		if (err == nil) != tt.fine || err != nil && fault.Of(err) != fault.Service || tt.body == `[{"id":1},{}]` && !strings.Contains(err.Error(), `"1.id"`) {
			t.Errorf("%s into %T: %v", tt.body, tt.out, err)
		}
	}
}

// The words of a refusal are read behind a byte order mark (az recordings).
func TestMessageBehindMark(t *testing.T) {
	c, err := New(Config{System: "test", BaseURL: "http://127.0.0.1"})
	if err != nil {
		t.Fatal(err)
	}
	r := &Response{Body: []byte("\ufeff" + `{"$id":"1","innerException":null,"message":"TF24668: stopped."}`), client: c}
	if got := r.Message(); got != "TF24668: stopped." {
		t.Errorf("%q", got)
	}
}

// raw is a server that does as it likes with each connection.
func raw(t *testing.T, serve func(net.Conn)) (url string, n *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	n = &atomic.Int32{}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			n.Add(1)
			go func() {
				defer func() { _ = conn.Close() }()
				buf := make([]byte, 4096)
				_, _ = conn.Read(buf)
				serve(conn)
			}()
		}
	}()
	return "http://" + l.Addr().String(), n
}

// unanswered waits for the client to go.
func unanswered(c net.Conn) { _, _ = io.Copy(io.Discard, c) }

func TestConnectionFaults(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	reset, resets := raw(t, func(c net.Conn) { _ = c.(*net.TCPConn).SetLinger(0) })
	cut, cuts := raw(t, func(c net.Conn) { fmt.Fprint(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":") })
	hang, _ := raw(t, unanswered)

	tests := []struct {
		name, url, method string
		n                 *atomic.Int32
		requests          int32
		text              string
		ambiguous         bool
	}{
		{"reset GET", reset, "GET", resets, 2, "", true},
		{"reset POST", reset, "POST", resets, 1, "", true},
		{"cut answer", cut, "GET", cuts, 2, "ended in the middle", true},
		{"cut answer to a POST", cut, "POST", cuts, 1, "ended in the middle", true},
		{"hang", hang, "POST", nil, 0, "no answer within 100ms", true},
		{"refused", "http://127.0.0.1:1", "POST", nil, 0, "connection refused", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.n != nil {
				tt.n.Store(0)
			}
			c := hurried(client(t, tt.url, func(cfg *Config) {
				cfg.Tries = 2
				if tt.name == "hang" {
					cfg.Timeout = 100 * time.Millisecond
				}
			}))
			_, err := c.Call(ctx, Request{Op: "work", Method: tt.method, Path: "/p", Query: map[string][]string{"sig": {"secretquery"}}}, nil)
			if fault.Of(err) != fault.Service {
				t.Fatalf("err = %v, kind %v", err, fault.Of(err))
			}
			if tt.n != nil && tt.n.Load() != tt.requests {
				t.Errorf("%d requests, want %d", tt.n.Load(), tt.requests)
			}
			if Ambiguous(err) != tt.ambiguous {
				t.Errorf("Ambiguous = %v: %v", Ambiguous(err), err)
			}
			if !strings.Contains(err.Error(), tt.text) || strings.Contains(err.Error(), "secretquery") || fault.Hint(err) == "" {
				t.Errorf("err = %v, hint %q", err, fault.Hint(err))
			}
		})
	}
}

func TestDeadlineIsATimeout(t *testing.T) {
	t.Parallel()
	hang, _ := raw(t, unanswered)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	_, err := client(t, hang).Call(ctx, Request{Op: "wait", Method: "GET", Path: "/"}, nil)
	if fault.Of(err) != fault.Timeout || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("err = %v, kind %v", err, fault.Of(err))
	}
}

// TestDeadlineNamesTheFailure lets the deadline pass between two tries.
func TestDeadlineNamesTheFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		c := client(t, "http://127.0.0.1:1", func(cfg *Config) {
			cfg.Transport = roundTrip(func(*http.Request) (*http.Response, error) {
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
			})
		})
		_, err := c.Call(ctx, Request{Op: "wait", Method: "GET", Path: "/"}, nil)
		if fault.Of(err) != fault.Timeout || !strings.HasSuffix(err.Error(), "the deadline passed; the last try: connection refused") {
			t.Errorf("err = %v, kind %v", err, fault.Of(err))
		}
		if !strings.Contains(fault.Hint(err), "the service is up") {
			t.Errorf("hint = %q", fault.Hint(err))
		}
	})
}

func TestBoundedAnswer(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Repeat("x", 1000))
	}))
	t.Cleanup(s.Close)
	c := client(t, s.URL, func(cfg *Config) { cfg.MaxBody = 999 })
	_, err := c.Do(context.Background(), Request{Op: "read", Method: "GET", Path: "/"})
	if fault.Of(err) != fault.Service || !strings.Contains(err.Error(), "read: the answer is longer than 999") || !Ambiguous(err) || Refused(err) {
		t.Errorf("err = %v", err)
	}
}

func TestHTTPHasTheSameRules(t *testing.T) {
	var n atomic.Int32
	s := answers(t, &n, nil, 502, 200)
	req, err := http.NewRequest(http.MethodPut, s.URL, strings.NewReader("body"))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := hurried(client(t, s.URL)).HTTP().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	if n.Load() != 2 || !strings.Contains(string(body), "body") {
		t.Errorf("%d requests, answer %s", n.Load(), body)
	}
}

func TestPath(t *testing.T) {
	if got := Path("a b", "c/d", "ü?"); got != "/a%20b/c%2Fd/%C3%BC%3F" {
		t.Error(got)
	}
}

// A refusal proves that nothing happened only if no attempt before it was left
// without an answer.
func TestRefused(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		statuses []int // 0 cuts the connection
		method   string
		want     bool
	}{
		{"refused at once", []int{403}, "PUT", true},
		{"lost, then refused", []int{0, 403}, "PUT", false},
		{"5xx, then refused", []int{502, 404}, "PUT", false},
		{"limited, then refused", []int{429, 422}, "PUT", true},
		{"lost", []int{0}, "POST", false},
		{"5xx", []int{500}, "POST", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, library := range []bool{false, true} {
				calls := 0
				srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					status := tt.statuses[min(calls, len(tt.statuses)-1)]
					calls++
					if status == 0 {
						panic(http.ErrAbortHandler)
					}
					w.WriteHeader(status)
				}))
				defer srv.Close()
				c, err := New(Config{System: "Test", BaseURL: srv.URL})
				if err != nil {
					t.Fatal(err)
				}
				if hurried(c); library {
					req, _ := http.NewRequest(tt.method, srv.URL, nil)
					resp, err := c.HTTP().Do(req)
					if err == nil {
						resp.Body.Close()
						if got := Unclear(resp); got == tt.want {
							t.Errorf("through the library: Unclear = %v", got)
						}
					}
					continue
				}
				_, err = c.Call(t.Context(), Request{Method: tt.method, Path: "/"}, nil)
				if got := Refused(err); got != tt.want {
					t.Errorf("Refused(%v) = %v, want %v", err, got, tt.want)
				}
			}
		})
	}
}

func TestServerClock(t *testing.T) {
	at := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Date", at.Format(http.TimeFormat))
	}))
	defer srv.Close()
	var clock ServerClock
	if !clock.Now().IsZero() {
		t.Error("a clock that was told nothing tells a time")
	}
	c := client(t, srv.URL, func(cfg *Config) { cfg.Clock = &clock })
	if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"}); err != nil {
		t.Fatal(err)
	}
	if off := clock.Now().Sub(at); off < 0 || off > time.Minute {
		t.Errorf("the server's time is %s, want %s", clock.Now(), at)
	}
}

func TestWith(t *testing.T) {
	var got []string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = append(got, r.Header.Get("project-token")+r.Header.Get("Authorization"))
	}))
	defer srv.Close()
	c := client(t, srv.URL)
	for _, c := range []*Client{c, c.With(Bearer(secret.New("other-token"))), c} {
		if _, err := c.Do(t.Context(), Request{Method: "GET", Path: "/"}); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{token, "Bearer other-token", token}, got); diff != "" {
		t.Error(diff)
	}
}

// A credential is read after the wait for the pacer, and once more after an
// answer 401: a token that ends during a wait costs no request.
func TestCredentialIsReadAfterTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start, made := time.Now(), 0
		var current secret.Value
		source := func(ctx context.Context) (secret.Value, error) {
			if current.Empty() || current.Equal(Rejected(ctx)) {
				made++
				current = secret.New(fmt.Sprintf("token-%d-0123456789", made))
			}
			return current, nil
		}
		var seen []string
		c, err := New(Config{
			System: "X", BaseURL: "https://x.example", Credential: BearerFrom(source), Pace: slow{},
			Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				body, _ := io.ReadAll(r.Body)
				seen = append(seen, r.Header.Get("Authorization")+" "+string(body)+" "+time.Since(start).String())
				w := httptest.NewRecorder()
				if strings.Contains(r.Header.Get("Authorization"), "token-1") {
					w.WriteHeader(http.StatusUnauthorized)
				} else {
					_, _ = w.WriteString("{}")
				}
				resp := w.Result()
				resp.Request = r
				return resp, nil
			}),
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Call(t.Context(), Request{Op: "put", Method: MethodPut, Path: "/a", JSON: 1}, nil); err != nil {
			t.Error(err)
		}
		want := []string{"Bearer token-1-0123456789 1 1h0m0s", "Bearer token-2-0123456789 1 2h0m0s"}
		if diff := cmp.Diff(want, seen); diff != "" {
			t.Error(diff)
		}
	})
}

// slow lets a request go after an hour.
type slow struct{}

func (slow) Acquire(ctx context.Context, _ *http.Request) (func(*http.Response) Limit, error) {
	select {
	case <-time.After(time.Hour):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return func(*http.Response) Limit { return Limit{} }, nil
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
