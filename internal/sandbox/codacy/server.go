// Package codacy is a stand-in for Codacy: the v3 API as its OpenAPI document
// describes it, and the v2 API as its own reporters use it. It keeps tokens,
// coverage and analysis results, judges by the world's gates, and refuses what
// Codacy refuses. What the vendor's documents leave open is marked where it is
// decided.
package codacy

import (
	"cmp"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
	vendor "github.com/gatewright/gatewright/internal/service/codacy"
)

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	w *world.World

	// All below is guarded by the world's lock.
	tokens      map[string]*token              // those that live, by value
	held        map[*world.Repository][]*token // the same, oldest first; nil has those of accounts
	issued      []string                       // values of all tokens ever made
	states      map[commitKey]*commitState
	buildServer map[int64]bool // repositories whose analysis waits for results
	added       map[int64]bool // repositories added after the seed
	seen        map[string]*window
	off         map[toolKey]bool // tools that were switched off
}

// New makes a stand-in for the world.
func New(w *world.World) *Server {
	s := &Server{
		tokens: map[string]*token{}, held: map[*world.Repository][]*token{},
		w: w, states: map[commitKey]*commitState{}, buildServer: map[int64]bool{}, added: map[int64]bool{}, seen: map[string]*window{},
		off: map[toolKey]bool{},
	}
	w.Issued("codacy", func(r *world.Repository, kept world.SeedToken) {
		t := s.mint(r, kept.Name, kept.ExpiresAt)
		t.id, t.createdAt = cmp.Or(kept.ID, t.id), kept.CreatedAt
	})
	return s
}

// Variables returns the address, a repository token of acme/api (or of the first
// repository there is) and an account token.
func (s *Server) Variables(base string) []world.Variable {
	s.w.Lock()
	defer s.w.Unlock()
	out := []world.Variable{{Name: "CODACY_API_BASE_URL", Value: base}}
	if r := s.favourite(); r != nil && s.w.Recorded.Service == "" { // a recorded fleet has the tokens that it has
		t := s.mint(r, "", s.w.Now().AddDate(1, 0, 0))
		out = append(out, world.Variable{Name: "CODACY_PROJECT_TOKEN", Value: t.value, Secret: true})
	}
	return append(out, world.Variable{Name: "CODACY_API_TOKEN", Value: s.mint(nil, "", time.Time{}).value, Secret: true})
}

func (s *Server) favourite() *world.Repository {
	if r := s.w.Repository("acme", "api"); r != nil {
		return r
	}
	for _, r := range s.w.Repositories() {
		if !r.NotAdded {
			return r
		}
	}
	return nil
}

// ServeHTTP answers one request, one at a time: the state behind is small.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer.Read(s.w, maxBody, s.serve)(w, r)
}

func (s *Server) serve(in answer.Call) {
	c := &call{Call: in, s: s, v2: strings.HasPrefix(in.R.URL.Path, "/2.0/")}
	switch {
	case len(c.Body) > maxBody: // the proxy's answer, not Codacy's
		c.Page(http.StatusRequestEntityTooLarge, "413 Request Entity Too Large", "<hr><center>nginx</center>\r\n")
	case !s.limited(c.R):
		c.route()
	case s.w.Quirk(PlainLimit):
		c.fail(http.StatusTooManyRequests, "Too many requests from this address")
	default:
		// A gateway's page without a word of limits ("Codacy responds with an HTTP
		// 503 or 504 error code").
		c.Page(http.StatusServiceUnavailable, "503 Service Temporarily Unavailable", "")
	}
}

func (c *call) route() {
	mux := routes()
	if _, pattern := mux.Handler(c.R); pattern == "" {
		c.fail(http.StatusNotImplemented, answer.Lacks(c.R))
		return
	}
	mux.ServeHTTP(c.W, c.R.WithContext(withCall(c.R.Context(), c)))
}

type window struct {
	since time.Time
	count int
}

func (s *Server) limited(r *http.Request) bool {
	if s.w.Quirk(SelfHosted) {
		return false
	}
	limit := vendor.Descriptor().Limits.Windows[0]
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	w := s.seen[host]
	if w == nil || s.w.Now().Sub(w.since) >= limit.Per {
		w = &window{since: s.w.Now()}
		s.seen[host] = w
	}
	w.count++
	return w.count > int(limit.Cap)
}

// maxBody is where the proxy in front of Codacy stops reading.
const maxBody = 10_000_000

// call is one request with what is known about its caller.
type call struct {
	answer.Call
	s  *Server
	v2 bool

	who  *token // nil: nobody
	repo *world.Repository
}

type obj = map[string]any

func (c *call) ok(v any) { c.JSON(http.StatusOK, v) }

func (c *call) none() { c.W.WriteHeader(http.StatusNoContent) }

// fail answers with an error in the API's own shape: v2 has a text, v3 an
// object whose "error" is a constant for each status.
func (c *call) fail(status int, text string) {
	if c.v2 {
		c.JSON(status, obj{"error": text})
		return
	}
	o := obj{"error": errorName(status), "message": text, "actions": []obj{{"name": "Check our documentation", "url": "https://docs.codacy.com/codacy-api/"}}}
	if status == http.StatusUnauthorized {
		o["code"] = "Unauthorized"
	}
	c.JSON(status, o)
}

func errorName(status int) string {
	return strings.ReplaceAll(http.StatusText(status), " ", "")
}

// decode reads the body into v, refusing fields that v lacks. An absent body
// leaves v as it is.
func (c *call) decode(v any) bool {
	if len(c.Body) == 0 {
		return true
	}
	if !c.IsJSON() {
		c.fail(http.StatusUnsupportedMediaType, "Expected content type application/json")
		return false
	}
	if err := c.Decode(v); err != nil {
		c.fail(http.StatusBadRequest, "The request body is not valid: "+err.Error())
		return false
	}
	return true
}
