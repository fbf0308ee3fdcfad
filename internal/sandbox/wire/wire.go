// Package wire carries requests to a stand-in without a network, so that a suite
// can run in virtual time and see every exchange.
package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Wire carries requests to a stand-in without a network, so that a test can
// run in virtual time. It keeps count, and shows each exchange to Watch.
type Wire struct {
	Handler http.Handler
	Latency time.Duration
	Watch   func(r *http.Request, body []byte, resp *http.Response, answer []byte)

	mu   sync.Mutex
	sent []string // "PUT /path"
}

// New is a wire to a stand-in with its world's misbehaviours in between.
func New(w *world.World, system string, stand http.Handler) *Wire {
	return &Wire{Handler: w.Faults.Wrap(system, stand), Latency: 20 * time.Millisecond}
}

// Sent lists the requests in their order.
func (w *Wire) Sent() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.sent...)
}

// RoundTrip serves one request.
func (w *Wire) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	w.mu.Lock()
	w.sent = append(w.sent, r.Method+" "+r.URL.Path)
	w.mu.Unlock()
	if err := sleep(r.Context(), w.Latency/2); err != nil {
		return nil, err
	}
	in := r.Clone(r.Context())
	in.Body = io.NopCloser(bytes.NewReader(body))
	in.RequestURI = r.URL.RequestURI()
	in.Host = r.URL.Host
	rec := httptest.NewRecorder()
	aborted := serve(w.Handler, rec, in)
	if err := sleep(r.Context(), w.Latency/2); err != nil {
		return nil, err
	}
	resp := rec.Result()
	resp.Request = r
	answer, _ := io.ReadAll(resp.Body) // from memory
	if w.Watch != nil && !aborted {
		w.Watch(r, body, resp, answer)
	}
	switch {
	case aborted && len(answer) == 0:
		return nil, io.ErrUnexpectedEOF
	case aborted:
		resp.Body = io.NopCloser(io.MultiReader(bytes.NewReader(answer), cut{}))
	default:
		resp.Body = io.NopCloser(bytes.NewReader(answer))
	}
	if resp.Header.Get("Date") == "" {
		resp.Header.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	}
	return resp, nil
}

type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// serve reports whether the handler cut the connection.
func serve(h http.Handler, rec *httptest.ResponseRecorder, r *http.Request) (aborted bool) {
	defer func() {
		if p := recover(); p != nil {
			err, ok := p.(error)
			if !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(p)
			}
			aborted = true
		}
	}()
	h.ServeHTTP(rec, r)
	return r.Context().Err() != nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Client makes a client over the wire, paced as the real one is.
func Client(t testing.TB, w *Wire, base string, p pace.Profile) *rest.Client {
	t.Helper()
	c, err := rest.New(Config(w, base, p))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Config is a client's over the wire, paced as the real one is, without a
// credential.
func Config(w *Wire, base string, p pace.Profile) rest.Config {
	return rest.Config{
		System: p.Name, BaseURL: base, Transport: w, Pace: pace.New(p, pace.Options{MaxWait: 2 * time.Hour}), MaxWait: 2 * time.Hour,
	}
}
