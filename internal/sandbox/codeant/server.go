// Package codeant is a stand-in for CodeAnt's CI endpoints: coverage by a
// presigned upload with its storage, analysis results scanner by scanner, and
// quality gates. Each takes the token where the real one takes it. Findings and
// gates follow the world's rules.
package codeant

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Server is the stand-in. It is safe for concurrent use.
type Server struct {
	w   *world.World
	mux *http.ServeMux

	// All below is guarded by the world's lock.
	tokens  []*token
	uploads map[string]*upload // by the key in the presigned address
	scans   map[commitKey]*scan
	gates   map[commitKey]*scan
}

// token is bound to one organization; CodeAnt's do not expire.
type token struct {
	value   string
	org     string
	revoked bool
}

type commitKey struct{ repo, sha string }

// scan is an analysis under way: how many more times each result is asked for
// before it is there.
type scan struct {
	polls            map[string]int
	include, exclude string // patterns of files
}

// New makes a stand-in for the world.
func New(w *world.World) *Server {
	s := &Server{w: w, mux: http.NewServeMux(), uploads: map[string]*upload{}, scans: map[commitKey]*scan{}, gates: map[commitKey]*scan{}}
	s.routes()
	return s
}

// Variables returns the address and a new token of the organization acme (or of
// the first there is).
func (s *Server) Variables(base string) []world.Variable {
	s.w.Lock()
	defer s.w.Unlock()
	out := []world.Variable{{Name: "CODEANT_API_URL", Value: base}}
	org := s.w.Organization("acme")
	if org == nil && len(s.w.Organizations) > 0 {
		org = s.w.Organizations[0]
	}
	if org != nil {
		out = append(out, world.Variable{Name: "CODEANT_API_TOKEN", Value: s.mint(org.Name), Secret: true})
	}
	return out
}

// mint makes a token, as a person would on the web page: there is no API for it.
func (s *Server) mint(org string) string {
	t := &token{value: world.NewToken("cdt_"), org: org}
	s.tokens = append(s.tokens, t)
	return t.value
}

// RevokeAll revokes every token, for tests.
func (s *Server) RevokeAll() {
	s.w.Lock()
	defer s.w.Unlock()
	for _, t := range s.tokens {
		t.revoked = true
	}
}

func (s *Server) routes() {
	s.mux.HandleFunc("POST /pr/analysis/coverage/presign", s.in(func(c *call) { c.presign() }))
	s.mux.HandleFunc("POST /pr/analysis/coverage/complete", s.in(func(c *call) { c.complete() }))
	s.mux.HandleFunc("PUT /coverage-storage/{key...}", s.store)
	s.mux.HandleFunc("POST /api/analysis/start", s.in(func(c *call) { c.startScan() }))
	for scanner, path := range resultPaths() {
		s.mux.HandleFunc("POST "+path, s.in(func(c *call) { c.results(scanner) }))
	}
	s.mux.HandleFunc("POST /analysis/ci/quality-gates/scan/start", s.in(func(c *call) { c.startGates() }))
	s.mux.HandleFunc("POST /analysis/ci/quality-gates/scan/results", s.in(func(c *call) { c.gateResults() }))
	for path, name := range scriptPaths() {
		s.mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) { serveScript(w, r, name) })
	}
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, pattern := s.mux.Handler(r); pattern == "" {
		(&call{Call: answer.Call{W: w}}).fail(http.StatusNotImplemented, answer.Lacks(r))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// call is one request to the API.
type call struct {
	answer.Call
	s *Server
}

const maxBody = 10 << 20

func (s *Server) in(serve func(*call)) http.HandlerFunc {
	return answer.Read(s.w, maxBody, func(c answer.Call) { serve(&call{c, s}) })
}

type obj = map[string]any

func (c *call) fail(status int, text string) { c.JSON(status, obj{"message": text}) }

// decode reads the body into v, refusing other types and fields nobody documents.
func (c *call) decode(v any) bool {
	if !c.IsJSON() {
		c.fail(http.StatusUnsupportedMediaType, "Content-Type must be application/json")
		return false
	}
	if err := c.Decode(v); err != nil {
		c.fail(http.StatusBadRequest, "Invalid request body: "+err.Error())
		return false
	}
	return true
}

// bearer is the token in the header, or "".
func (c *call) bearer() string {
	v, _ := strings.CutPrefix(c.R.Header.Get("Authorization"), "Bearer ")
	return v
}

// admit checks the token against the repository. A header beside a token in
// the body must not contradict it.
func (c *call) admit(value, repo, sha string) (*world.Repository, bool) {
	switch {
	case c.s.w.Quirk(HeaderOnly):
		value = c.bearer()
	case c.s.w.Quirk(BodyOnly) && c.R.URL.Path != "/analysis/ci/quality-gates/scan/start" && c.R.URL.Path != "/analysis/ci/quality-gates/scan/results":
		c.R.Header.Del("Authorization")
	}
	if h := c.bearer(); h != "" && h != value {
		c.fail(http.StatusUnauthorized, "The token in the header is another one than in the body")
		return nil, false
	}
	i := slices.IndexFunc(c.s.tokens, func(t *token) bool { return value != "" && t.value == value && !t.revoked })
	if i < 0 {
		c.fail(http.StatusUnauthorized, "Invalid or revoked access token")
		return nil, false
	}
	owner, name, _ := strings.Cut(repo, "/")
	if c.s.tokens[i].org != owner {
		c.fail(http.StatusForbidden, "The access token is bound to another organization")
		return nil, false
	}
	r := c.s.w.Repository(owner, name)
	if r == nil || r.NotAdded {
		c.fail(http.StatusBadRequest, "Repository "+repo+" is not connected to CodeAnt")
		return nil, false
	}
	if sha == "" {
		c.fail(http.StatusBadRequest, "commit_id is required")
		return nil, false
	}
	return r, true
}

// commit makes sure that the commit is there: one never heard of counts as
// pushed just now, unless the world says otherwise.
func (c *call) commit(r *world.Repository, sha, branch string) bool {
	if r.Commit(sha) != nil {
		return true
	}
	if c.s.w.Gates.CommitsUnknown {
		c.fail(http.StatusBadRequest, "Commit "+sha+" was not found in the repository")
		return false
	}
	if branch == "" {
		branch = r.DefaultBranch
	}
	c.s.w.Push(r, branch, sha)
	return true
}

func knownService(name string) bool {
	return slices.Contains([]string{"github", "azuredevops", "gitlab", "bitbucket"}, name)
}

// expiry is how long a presigned address is good for.
const expiry = time.Hour
