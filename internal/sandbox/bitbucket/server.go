// Package bitbucket stands in for the REST API of Bitbucket Cloud: repositories,
// pipeline variables of repositories, deployment environments and workspaces,
// pull request comments and build statuses.
package bitbucket

import (
	"fmt"
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
	Router answer.Router

	world     *world.World
	tokens    answer.Tokens
	variables map[string][]*variable // by "acme", "acme/api" or "acme/api/production"
	comments  answer.Comments
	statuses  answer.Statuses
	reports   []*report
}

// New makes the stand-in.
func New(w *world.World) *Server {
	s := &Server{world: w, variables: map[string][]*variable{}}
	s.Router.Unknown = func(w http.ResponseWriter, r *http.Request) { refuse(w, 501, answer.Lacks(r)) }
	s.handle("GET /2.0/user", func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, 200, map[string]string{"type": "user", "uuid": uuid(1), "display_name": "Robin Doe"})
	})
	s.handle("GET /2.0/repositories/{ws}", s.listRepositories)
	s.handle("GET /2.0/repositories/{ws}/{repo}", func(w http.ResponseWriter, r *http.Request) {
		if repo := s.repository(w, r); repo != nil {
			answer.JSON(w, 200, show(repo))
		}
	})
	s.handle("GET /2.0/repositories/{ws}/{repo}/environments/", s.environments)
	s.variableRoutes("/2.0/repositories/{ws}/{repo}/pipelines_config/variables", "/")
	s.variableRoutes("/2.0/repositories/{ws}/{repo}/deployments_config/environments/{env}/variables", "")
	s.variableRoutes("/2.0/workspaces/{ws}/pipelines-config/variables", "")
	s.commentRoutes()
	s.reportRoutes()
	return s
}

func (s *Server) handle(pattern string, f http.HandlerFunc) {
	s.Router.Handle(pattern, answer.Locked(s.world, f))
}

// ServeHTTP checks the credential before anything else.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if _, ok := s.tokens.Right(answer.Credential(r)); !ok {
		refuse(w, 401, "Token is invalid, expired, or not supported for this endpoint.")
		return
	}
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
func (s *Server) Token(right string) string { return s.tokens.Issue("ATCTT3x", right) }

func uuid(id int64) string { return fmt.Sprintf("{00000000-0000-4000-9000-%012x}", id) }

// paged answers with one page of rows in Bitbucket's envelope.
func paged[T any](w http.ResponseWriter, r *http.Request, rows []T) {
	span := answer.Page(r, len(rows), "pagelen", 10, 100)
	out := map[string]any{"size": len(rows), "page": span.Page, "pagelen": span.Per, "values": append([]T{}, rows[span.From:span.To]...)}
	if span.To < len(rows) {
		q := r.URL.Query()
		q.Set("page", strconv.Itoa(span.Page+1))
		out["next"] = answer.Origin(r) + r.URL.EscapedPath() + "?" + q.Encode()
	}
	answer.JSON(w, 200, out)
}

func (s *Server) listRepositories(w http.ResponseWriter, r *http.Request) {
	o := s.world.Organization(r.PathValue("ws"))
	if o == nil {
		refuse(w, 404, "No workspace with identifier '"+r.PathValue("ws")+"'.")
		return
	}
	var rows []map[string]any
	for _, repo := range o.Repositories {
		rows = append(rows, show(repo))
	}
	if r.URL.Query().Get("sort") == "slug" {
		slices.SortFunc(rows, func(a, b map[string]any) int { return strings.Compare(a["slug"].(string), b["slug"].(string)) })
	}
	paged(w, r, rows)
}

func show(repo *world.Repository) map[string]any {
	out := map[string]any{
		"type": "repository", "uuid": uuid(repo.ID), "slug": repo.Name, "name": repo.Name, "full_name": repo.Owner + "/" + repo.Name,
		"is_private": repo.Private, "language": strings.ToLower(repo.Language), "scm": "git",
		"mainbranch": map[string]string{"type": "branch", "name": repo.DefaultBranch},
		"workspace":  map[string]string{"type": "workspace", "slug": repo.Owner}, "updated_on": repo.PushedAt, "created_on": repo.CreatedAt,
	}
	if repo.Fork {
		out["parent"] = map[string]string{"type": "repository", "full_name": "upstream/" + repo.Name}
	}
	return out
}

func (s *Server) repository(w http.ResponseWriter, r *http.Request) *world.Repository {
	repo := s.world.Repository(r.PathValue("ws"), r.PathValue("repo"))
	if repo == nil {
		refuse(w, 404, "You may not have access to this repository or it no longer exists in this workspace. If you think this repository exists and you have access, make sure you are authenticated.")
	}
	return repo
}

func environmentID(repo *world.Repository, i int) string { return uuid(repo.ID*1000 + int64(i)) }

func (s *Server) environments(w http.ResponseWriter, r *http.Request) {
	repo := s.repository(w, r)
	if repo == nil {
		return
	}
	rows := []map[string]any{}
	for i, name := range repo.Environments {
		rows = append(rows, map[string]any{"type": "deployment_environment", "uuid": environmentID(repo, i), "name": name, "slug": url.PathEscape(name)})
	}
	paged(w, r, rows)
}
