// Package codedig is a stand-in for CodeDig: keys with permissions and expiry,
// and the analysis that gates pull requests, under the rate limits of the four
// plans. The vendor documents little of the answers; what is shown here is one
// plausible choice, and lists are shown wrapped and bare in turn.
package codedig

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The behaviours that no source settles: names for the seed's list of quirks
// (docs/fidelity/codedig.md).
const (
	// NoKeyList has no list of keys: its documents imply one and do not describe it.
	NoKeyList = "codedig-no-key-list"
	// PagedKeys lists two keys a page, with a cursor for the next.
	PagedKeys = "codedig-paged-keys"
	// PartialRuns ends every run as "partial_success".
	PartialRuns = "codedig-partial-runs"
	// NestedKeys shows a new key inside "data".
	NestedKeys = "codedig-nested-keys"
	// NoConflict takes a second analysis while one is running.
	NoConflict = "codedig-no-conflict"
	// FindingsList lists findings where runs are expected, as a caption has it.
	FindingsList = "codedig-findings-list"
	// OtherWords calls the end of a run and its verdict what nobody foresaw.
	OtherWords = "codedig-other-words"
	// DateResets says when the rate limit ends by a date, not in seconds.
	DateResets = "codedig-date-resets"
)

// Plan is how many requests a key may make in a minute.
type Plan int

// The plans that the vendor documents; Enterprise is what it is set to.
const (
	Free     Plan = 100
	Team     Plan = 500
	Business Plan = 2000
)

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	w   *world.World
	mux *http.ServeMux

	// Plan sets the rate limit. Set it before the first request.
	Plan Plan

	// All below is guarded by the world's lock.
	keys  []*key
	runs  []*run
	seen  map[string]*window
	lists int // lists answered, to vary their shape
}

type window struct {
	since time.Time
	count int
}

// New makes a stand-in for the world. Every pull request has an old run that
// failed: who takes it for the new one is wrong.
func New(w *world.World) *Server {
	s := &Server{w: w, mux: http.NewServeMux(), Plan: Business, seen: map[string]*window{}}
	for _, r := range w.Repositories() {
		for _, p := range r.PullRequests {
			s.runs = append(s.runs, &run{id: w.NextID(), repo: r, pr: p, commit: p.Base, at: w.Now().Add(-time.Hour), state: "completed", verdict: "blocked"})
		}
	}
	w.Issued("codedig", func(_ *world.Repository, kept world.SeedToken) {
		k := s.mint(kept.Name, []string{"read", "write"}, kept.ExpiresAt)
		k.id, k.createdAt = cmp.Or(kept.ID, k.id), kept.CreatedAt
	})
	s.mux.HandleFunc("POST /auth/api-keys", s.in("admin", (*call).createKey))
	s.mux.HandleFunc("GET /auth/api-keys", s.in("admin", (*call).listKeys))
	s.mux.HandleFunc("DELETE /auth/api-keys/{id}", s.in("admin", (*call).revokeKey))
	s.mux.HandleFunc("POST /repos/{owner}/{repo}/pr-gate/analyze", s.in("write", (*call).analyze))
	s.mux.HandleFunc("GET /repos/{owner}/{repo}/pr-gate/runs", s.in("read", (*call).listRuns))
	return s
}

// Variables returns the address and a new key that may do everything.
func (s *Server) Variables(base string) []world.Variable {
	s.w.Lock()
	defer s.w.Unlock()
	k := s.mint("sandbox", []string{"read", "write", "admin"}, time.Time{})
	return []world.Variable{{Name: "CODEDIG_API_URL", Value: base}, {Name: "CODEDIG_TOKEN", Value: k.value, Secret: true}}
}

// Key makes a key with the given permissions, for tests.
func (s *Server) Key(permissions ...string) string {
	s.w.Lock()
	defer s.w.Unlock()
	return s.mint("test", permissions, time.Time{}).value
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		(&call{Call: answer.Call{W: w}}).fail(http.StatusNotImplemented, "Not Implemented", answer.Lacks(r))
		return
	}
	s.mux.ServeHTTP(w, r)
}

type call struct {
	answer.Call
	s   *Server
	key *key
}

func (s *Server) in(permission string, serve func(*call)) http.HandlerFunc {
	return answer.Read(s.w, 1<<20, func(r answer.Call) {
		if c := (&call{Call: r, s: s}); c.admit(permission) {
			serve(c)
		}
	})
}

// admit checks the key, its rate and its permission, in this order: a limited
// request is not looked at further.
func (c *call) admit(permission string) bool {
	value, bearer := strings.CutPrefix(c.R.Header.Get("Authorization"), "Bearer ")
	i := slices.IndexFunc(c.s.keys, func(k *key) bool { return bearer && k.value == value && !k.revoked })
	if i < 0 || c.s.keys[i].expired(c.s.w.Now()) {
		c.fail(http.StatusUnauthorized, "Unauthorized", "missing or invalid token")
		return false
	}
	c.key = c.s.keys[i]
	if !c.withinRate() {
		c.fail(http.StatusTooManyRequests, "Too Many Requests", "rate limit exceeded")
		return false
	}
	if !c.key.may(permission) {
		c.fail(http.StatusForbidden, "Forbidden", "insufficient permissions: this operation needs "+permission)
		return false
	}
	return true
}

// withinRate counts the request in its key's minute and writes the headers
// that every answer has.
func (c *call) withinRate() bool {
	now := c.s.w.Now()
	w := c.s.seen[c.key.value]
	if w == nil || now.Sub(w.since) >= time.Minute {
		w = &window{since: now}
		c.s.seen[c.key.value] = w
	}
	w.count++
	reset := w.since.Add(time.Minute)
	h := c.W.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(int(c.s.Plan)))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(int(c.s.Plan)-w.count, 0)))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(reset.Unix(), 10))
	if c.s.w.Quirk(DateResets) {
		h.Set("X-RateLimit-Reset", reset.Format(time.RFC3339))
	}
	if w.count <= int(c.s.Plan) {
		return true
	}
	h.Set("Retry-After", strconv.Itoa(int(reset.Sub(now).Seconds())+1))
	return false
}

type obj = map[string]any

func (c *call) fail(status int, name, text string) {
	c.JSON(status, obj{"error": name, "message": text})
}

// decode reads the body into v, refusing other types and unknown fields.
func (c *call) decode(v any) bool {
	if !c.IsJSON() {
		c.fail(http.StatusBadRequest, "Bad Request", "Content-Type must be application/json")
		return false
	}
	if err := c.Decode(v); err != nil {
		c.fail(http.StatusBadRequest, "Bad Request", "Invalid body: "+err.Error())
		return false
	}
	return true
}
