package main

import (
	"crypto/sha1"
	"encoding/hex"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// counter stands before a service: it counts what was stored of each commit,
// and answers one request of ten wrongly, before or after it took effect.
type counter struct {
	next   http.Handler
	n      atomic.Int64
	faults atomic.Int64
	mu     sync.Mutex
	stored map[string]map[string]bool // commit to the bodies that were stored
	finals map[string]int
}

func (c *counter) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := c.n.Add(1)
	before := func(status int) {
		c.faults.Add(1)
		w.Header().Set("Retry-After", "0.05")
		w.WriteHeader(status)
	}
	switch n % 40 {
	case 7:
		before(http.StatusServiceUnavailable)
		return
	case 17:
		before(http.StatusTooManyRequests)
		return
	case 27:
		c.faults.Add(1)
		panic(http.ErrAbortHandler)
	}
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	rec := httptest.NewRecorder()
	c.next.ServeHTTP(rec, r)
	if commit := commitOf.FindString(r.URL.Path); commit != "" && rec.Code < 300 {
		sum := sha1.Sum(body)
		c.mu.Lock()
		if c.stored[commit] == nil {
			c.stored[commit] = map[string]bool{}
		}
		c.stored[commit][hex.EncodeToString(sum[:])] = true
		c.mu.Unlock()
	}
	if n%40 == 37 { // it took effect, and nobody hears of it
		c.faults.Add(1)
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), rec.Header())
	w.WriteHeader(rec.Code)
	_, _ = w.Write(rec.Body.Bytes())
}

var commitOf = regexp.MustCompile(`[0-9a-f]{40}`)

func doubled(stored map[string]map[string]bool) (n int) {
	for _, bodies := range stored {
		n += len(bodies) - 1
	}
	return n
}
