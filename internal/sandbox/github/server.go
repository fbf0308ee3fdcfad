// Package github stands in for GitHub's REST API: repositories, environments,
// the secret stores with their sealed boxes, comments, commit statuses, Apps
// and rate limits. It answers at the root, as api.github.com does, and below
// /api/v3, as a GitHub Enterprise Server does.
package github

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The rights a token can have. Full may do everything; Job may comment and set
// statuses, as a workflow's own token may; Read only reads, as that of a fork's
// run; Member is a user without administration rights.
const (
	Full   = "full"
	Job    = "job"
	Read   = "read"
	Member = "member"
)

// Server is the stand-in. What it keeps is guarded by the world's lock.
type Server struct {
	answer.Forge
	Limits Limits

	meter     meter
	places    map[string]*place
	coverage  []*coverageReport
	secrets   answer.Store[entry]            // by place
	variables answer.Store[variable]         // of Actions, by the place of the secrets beside them
	installed map[string]*world.Organization // whom an installation token is for

	appsMu  sync.Mutex // guards what follows
	apps    map[string]*app
	expires map[string]time.Time // installation tokens
	keyID   string               // of every place: GitHub has one at a time
}

// New makes the stand-in.
func New(w *world.World) *Server {
	s := &Server{
		Forge: answer.Forge{World: w}, Limits: DefaultLimits(),
		places: map[string]*place{}, installed: map[string]*world.Organization{},
		apps: map[string]*app{}, expires: map[string]time.Time{}, keyID: "568250167242549743",
	}
	w.Kept("github", func(r *world.Repository, kept world.SeedSecret) {
		at := cmp.Or(kept.Store, "actions") + "/" + r.Owner + "/" + r.Name
		if kept.Environment != "" {
			at += "/" + kept.Environment
		}
		name := strings.ToUpper(kept.Name)
		s.secrets.Put(at, name, entry{name: name, value: world.NewToken(""), created: kept.UpdatedAt, updated: kept.UpdatedAt})
	})
	s.Find = s.repository
	s.NoPull = func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, "Not Found") }
	s.NoComment = s.NoPull
	s.routes()
	return s
}

func (s *Server) routes() {
	s.Handle("GET /", func(w http.ResponseWriter, r *http.Request) {
		out := map[string]string{}
		for _, name := range strings.Fields("current_user current_user_authorizations_html authorizations code_search commit_search emails emojis events feeds followers following gists hub issue_search issues keys label_search notifications organization organization_repositories organization_teams public_gists rate_limit repository repository_search current_user_repositories starred starred_gists topic_search user user_organizations user_repositories user_search") {
			out[name+"_url"] = answer.Origin(r) + "/" + name
		}
		out["current_user_url"] = answer.Origin(r) + "/user"
		answer.JSON(w, 200, out)
	})
	s.Handle("GET /user", s.user)
	s.Handle("GET /rate_limit", s.rateLimit)
	s.repositoryRoutes()
	s.secretRoutes()
	s.commentRoutes()
	s.appRoutes()
	s.codeCoverageRoutes()
	s.ActionsRoutes("/repos/{owner}/{repo}", true)
	s.pullRoutes()
	s.runRoutes()
	s.variableRoutes()
	s.readRoutes()
	s.Router.Unknown = func(w http.ResponseWriter, r *http.Request) { refuse(w, 501, answer.Lacks(r)) }
}

// ServeHTTP checks credential and rate before anything else.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Artifacts.Serve(s.World, w, r) {
		return
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/api/v3"); ok {
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = rest, strings.TrimPrefix(r.URL.RawPath, "/api/v3")
		if rest == "" {
			r.URL.Path = "/"
		}
	}
	if r.URL.Path == "/api/graphql" {
		r = r.Clone(r.Context())
		r.URL.Path = "/graphql"
	}
	w.Header().Set("X-GitHub-Media-Type", "github.v3; format=json")
	if asApp(r) {
		s.Router.ServeHTTP(w, r)
		return
	}
	token := answer.Credential(r)
	if _, ok := s.Tokens.Right(token); !ok || !s.alive(token) {
		refuse(w, 401, "Bad credentials")
		return
	}
	if s.World.Quirk(Expiring) && !strings.HasPrefix(token, "ghs_") {
		w.Header().Set("GitHub-Authentication-Token-Expiration", s.World.Now().Add(48*time.Hour).Format("2006-01-02 15:04:05 MST"))
	}
	leave, ok := s.enter(w, r, token)
	if !ok {
		return
	}
	defer leave()
	if s.redirect(w, r) {
		return
	}
	if r.Method != http.MethodGet {
		s.Router.ServeHTTP(w, r)
		return
	}
	rec := world.Record(&s.Router, r)
	maps.Copy(w.Header(), rec.Header())
	if tag := s.tag(r, rec.Body.Bytes()); rec.Status == http.StatusOK {
		w.Header().Set("ETag", `W/"`+tag+`"`)
		if strings.Trim(strings.TrimPrefix(r.Header.Get("If-None-Match"), "W/"), `"`) == tag {
			s.unbook(w, token)
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(rec.Status)
	_, _ = w.Write(rec.Body.Bytes())
}

// tag is the answer's ETag, as api.github.com was seen to compute it in February
// 2025 (github.com/bored-engineer/github-conditional-http-transport): it hangs on
// the token, so that another token's answers have others.
func (s *Server) tag(r *http.Request, body []byte) string {
	h := sha256.New()
	if s.World.Quirk(OpaqueTags) {
		_, _ = h.Write([]byte("unknown to clients"))
	}
	for _, name := range []string{"Accept", "Authorization", "Cookie"} {
		if value := r.Header.Get(name); value != "" {
			_, _ = h.Write([]byte(value + ":"))
		}
	}
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// Variables points gh, octokit and Gatewright here. They hold an App as well,
// which is used where the token is not: its key has "\n" for line breaks.
func (s *Server) Variables(base string) []world.Variable {
	id, key := s.newApp(Full)
	return []world.Variable{
		{Name: "GITHUB_API_URL", Value: base},
		{Name: "GH_TOKEN", Value: s.Token("ghp_", Full), Secret: true},
		{Name: "GITHUB_APP_ID", Value: id},
		{Name: "GITHUB_APP_PRIVATE_KEY", Value: key, Secret: true},
	}
}

// Token issues a token: prefix "ghp_", "github_pat_" or "ghs_", and a right.
func (s *Server) Token(prefix, right string) string { return s.Tokens.Issue(prefix, right) }

// Revoke ends a token.
func (s *Server) Revoke(token string) { s.Tokens.Revoke(token) }

// refuse answers as GitHub's "basic error" does.
func refuse(w http.ResponseWriter, status int, message string) {
	answer.JSON(w, status, map[string]string{
		"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status),
	})
}

// forbid answers a request whose token lacks a permission, in the words GitHub
// uses for each kind of token. needs is the permission, "secrets=write".
func forbid(w http.ResponseWriter, token, needs string) {
	if needs != "" {
		w.Header().Set("X-Accepted-GitHub-Permissions", needs)
	}
	switch {
	case strings.HasPrefix(token, "ghs_"):
		refuse(w, 403, "Resource not accessible by integration")
	case strings.HasPrefix(token, "github_pat_"):
		refuse(w, 403, "Resource not accessible by personal access token")
	default:
		refuse(w, 403, "Must have admin rights to Repository.")
	}
}

func (s *Server) user(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(answer.Credential(r), "ghs_") {
		forbid(w, answer.Credential(r), "")
		return
	}
	u := simpleUser(answer.Origin(r), "robin", 1, "User")
	for k, v := range map[string]any{
		"name": "Robin Doe", "company": nil, "blog": "", "location": nil, "email": nil, "hireable": nil, "bio": nil,
		"public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
		"created_at": "2020-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
	} {
		u[k] = v
	}
	answer.JSON(w, 200, u)
}
