// Package bitbucket stands in for the REST API of Bitbucket Cloud: repositories,
// pipeline variables of repositories, deployment environments and workspaces,
// pull request comments and build statuses.
package bitbucket

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The rights a token can have: everything, or no scope for variables.
const (
	Full = "full"
	Read = "read"
)

// Server is the stand-in. What it keeps is guarded by the world's lock.
type Server struct {
	answer.Forge

	variables answer.Store[variable] // by "acme", "acme/api" or "acme/api/production"
	keys      map[int64]string       // of build statuses, by their ids
	refnames  map[int64]string       // of statuses, where the client named one
	reports   []*report
}

// New makes the stand-in.
func New(w *world.World) *Server {
	s := &Server{Forge: answer.Forge{World: w}, variables: answer.Store[variable]{Exact: true}, keys: map[int64]string{}, refnames: map[int64]string{}}
	s.Find = s.repository
	s.NoPull = func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, "Pull request not found") }
	s.NoComment = func(w http.ResponseWriter, _ *http.Request) { refuse(w, 404, "Comment not found") }
	s.Router.Unknown = func(w http.ResponseWriter, r *http.Request) { refuse(w, 501, answer.Lacks(r)) }
	s.handle("GET /2.0/user", func(w http.ResponseWriter, r *http.Request) {
		out := robin(r)
		for k, v := range map[string]any{"username": "robin", "is_staff": false, "location": nil, "website": nil, "created_on": "2020-01-01T00:00:00Z"} {
			out[k] = v
		}
		out["links"] = links(answer.Origin(r)+"/2.0/users/robin", strings.Fields("avatar followers following hooks html repositories snippets")...)
		answer.JSON(w, 200, out)
	})
	s.handle("GET /2.0/repositories/{ws}", s.listRepositories)
	s.handle("GET /2.0/repositories/{ws}/{repo}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		answer.JSON(w, 200, show(r, repo))
	}))
	s.handle("GET /2.0/repositories/{ws}/{repo}/environments", s.OnRepository(environments))
	s.variableRoutes("/2.0/repositories/{ws}/{repo}/pipelines_config/variables")
	s.variableRoutes("/2.0/repositories/{ws}/{repo}/deployments_config/environments/{env}/variables")
	s.variableRoutes("/2.0/workspaces/{ws}/pipelines-config/variables")
	s.commentRoutes()
	s.downloadRoutes()
	s.pullRoutes()
	s.reportRoutes()
	return s
}

// handle adds a route, with and without a slash at its end: Bitbucket's own
// documents write either, and it takes both.
func (s *Server) handle(pattern string, f http.HandlerFunc) {
	s.Router.Handle(pattern, answer.Locked(s.World, f))
	s.Router.Handle(pattern+"/", answer.Locked(s.World, f))
}

// ServeHTTP checks the credential before anything else.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Artifacts.Serve(s.World, w, r) {
		return
	}
	token := answer.Credential(r)
	user, _, basic := r.BasicAuth()
	_, known := s.Tokens.Right(token)
	if apiToken := strings.HasPrefix(token, "ATATT"); !known || apiToken != basic || apiToken && !strings.Contains(user, "@") {
		refuse(w, 401, "Token is invalid, expired, or not supported for this endpoint.")
		return
	}
	if s.World.Quirk(Limited) {
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(429)
		_, _ = io.WriteString(w, "Rate limit for this resource has been exceeded")
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8") // of answers without a body; npm's bitbucket needs one
	s.Router.ServeHTTP(w, r)
}

func refuse(w http.ResponseWriter, status int, words string) {
	answer.JSON(w, status, map[string]any{"type": "error", "error": map[string]string{"message": words}})
}

// Variables points clients here.
func (s *Server) Variables(base string) []world.Variable {
	return []world.Variable{
		{Name: "BITBUCKET_API_URL", Value: base},
		{Name: "BITBUCKET_TOKEN", Value: s.Token(Full), Secret: true},
	}
}

// Token issues an access token.
func (s *Server) Token(right string) string { return s.Tokens.Issue("ATCTT3x", right) }

// APIToken issues the API token of an account, which is sent with its e-mail
// address and never as a bearer.
func (s *Server) APIToken(right string) string { return s.Tokens.Issue("ATATT3x", right) }

func uuid(id int64) string { return fmt.Sprintf("{00000000-0000-4000-9000-%012x}", id) }

// paged answers with one page of rows in Bitbucket's envelope. Whoever asks for a
// page that is too long is refused: of more than 100 rows, of pull requests 50.
func paged[T any](w http.ResponseWriter, r *http.Request, rows []T) {
	most := 100
	if strings.HasSuffix(r.URL.Path, "/pullrequests") {
		most = 50
	}
	if n, err := strconv.Atoi(r.URL.Query().Get("pagelen")); err == nil && n > most {
		refuse(w, 400, "Invalid pagelen")
		return
	}
	span := answer.Page(r, len(rows), answer.Paging{Name: "pagelen", Usual: 10, Most: most})
	out := map[string]any{"size": len(rows), "page": span.Page, "pagelen": span.Per, "values": append([]T{}, rows[span.From:span.To]...)}
	if span.To < len(rows) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(span.Page+1))
		out["next"] = answer.Origin(r) + r.URL.EscapedPath() + "?" + q.Encode()
	}
	answer.JSON(w, 200, out)
}

func (s *Server) listRepositories(w http.ResponseWriter, r *http.Request) {
	o := s.World.Organization(r.PathValue("ws"))
	if o == nil {
		refuse(w, 404, "No workspace with identifier '"+r.PathValue("ws")+"'.")
		return
	}
	only, err := projectOf(r.URL.Query().Get("q"))
	if err != nil {
		refuse(w, 400, err.Error())
		return
	}
	all := slices.DeleteFunc(slices.Clone(o.Repositories), func(repo *world.Repository) bool { return only != "" && only != project(repo) })
	switch by := r.URL.Query().Get("sort"); by {
	case "":
	case "name", "-updated_on", "updated_on": // those in Bitbucket's examples; slug is in none
		slices.SortFunc(all, func(a, b *world.Repository) int { return strings.Compare(a.Name, b.Name) })
	default:
		refuse(w, 400, "Invalid sort field: "+by)
		return
	}
	paged(w, r, answer.Rows(all, func(repo *world.Repository) map[string]any { return show(r, repo) }))
}

// projectOf reads the one filter that is known here, project.key="KEY".
func projectOf(q string) (string, error) {
	if q == "" {
		return "", nil
	}
	key, begins := strings.CutPrefix(q, `project.key="`)
	key, ends := strings.CutSuffix(key, `"`)
	if !begins || !ends || strings.Contains(key, `"`) {
		return "", fmt.Errorf("query: %s is none", q)
	}
	return key, nil
}

// repository finds the request's repository, or answers 404. The beginning of a
// commit's hash stands for all of it, since pull requests show no more.
func (s *Server) repository(w http.ResponseWriter, r *http.Request) *world.Repository {
	repo := s.World.Repository(r.PathValue("ws"), r.PathValue("repo"))
	if sha := r.PathValue("sha"); repo != nil && len(sha) >= 7 {
		for _, c := range repo.Commits {
			if strings.HasPrefix(c.SHA, sha) {
				r.SetPathValue("sha", c.SHA)
			}
		}
	}
	if repo == nil {
		refuse(w, 404, "You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.")
	}
	return repo
}

func environmentID(repo *world.Repository, i int) string { return uuid(repo.ID*1000 + int64(i)) }

func environments(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
	rows := []map[string]any{}
	for i, name := range repo.Environments {
		rows = append(rows, map[string]any{"type": "deployment_environment", "uuid": environmentID(repo, i), "name": name, "slug": url.PathEscape(name)})
	}
	paged(w, r, rows)
}
