// Package gitea stands in for the REST API of Gitea and Forgejo below /api/v1:
// repositories, Actions secrets of repositories and organizations, comments and
// commit statuses.
package gitea

import (
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The rights a token can have: an owner's of every organization; those of an
// administrator of every repository, who is no owner and may touch no secrets;
// and a reader's.
const (
	Owner  = "owner"
	Admin  = "admin"
	Reader = "reader"
)

// Server is the stand-in. What it keeps is guarded by the world's lock.
type Server struct {
	answer.Forge

	secrets   answer.Store[secretEntry] // by "acme" or "acme/api"
	variables answer.Store[variable]
}

type secretEntry struct {
	Name        string    `json:"name"`
	Description string    `json:"description"`
	Created     time.Time `json:"created_at"`

	data string
}

// New makes the stand-in.
func New(w *world.World) *Server {
	s := &Server{Forge: answer.Forge{World: w}}
	s.Find = s.repository
	s.NoPull = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/issues/") {
			s.fail(w) // not 404
			return
		}
		missing(w, "not found")
	}
	s.NoComment = func(w http.ResponseWriter, r *http.Request) {
		missing(w, "not found", "comment does not exist [id: "+r.PathValue("comment")+", issue_id: 0]")
	}
	w.Kept("gitea", func(r *world.Repository, kept world.SeedSecret) {
		s.secrets.Put(r.Owner+"/"+r.Name, kept.Name, secretEntry{Name: kept.Name, Description: forge.Mark, Created: kept.UpdatedAt, data: world.NewToken("")})
	})
	s.Router.Unknown = func(w http.ResponseWriter, r *http.Request) { refuse(w, 501, answer.Lacks(r)) }
	s.Handle("GET /api/v1/version", func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, 200, map[string]string{"version": "1.25.2"})
	})
	s.Handle("GET /api/v1/user", func(w http.ResponseWriter, r *http.Request) {
		out := showUser(r, 1, "robin")
		out["active"], out["last_login"] = true, "2026-01-01T00:00:00Z"
		answer.JSON(w, 200, out)
	})
	s.Handle("GET /api/v1/users/{user}/orgs/{owner}/permissions", func(w http.ResponseWriter, r *http.Request) {
		o := s.World.Organization(r.PathValue("owner"))
		if o == nil {
			refuse(w, 404, "user redirect does not exist [name: "+r.PathValue("owner")+"]")
			return
		}
		right := s.Right(r)
		answer.JSON(w, 200, map[string]bool{
			"is_owner": right == Owner, "is_admin": right == Owner || right == Admin, "can_write": right != Reader, "can_read": true, "can_create_repository": right == Owner,
		})
	})
	s.Handle("GET /api/v1/orgs/{owner}", func(w http.ResponseWriter, r *http.Request) {
		if o := s.World.Organization(r.PathValue("owner")); o != nil && !o.User {
			answer.JSON(w, 200, showOrganization(r, o))
			return
		}
		missing(w, "GetOrgByName", "user redirect does not exist [name: "+r.PathValue("owner")+"]")
	})
	s.Handle("GET /api/v1/user/repos", s.listRepositories)
	s.Handle("GET /api/v1/repos/search", s.search)
	s.Handle("GET /api/v1/orgs/{owner}/repos", s.listRepositories)
	s.Handle("GET /api/v1/users/{owner}/repos", s.listRepositories)
	s.Handle("GET /api/v1/repos/{owner}/{repo}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		answer.JSON(w, 200, s.show(r, repo))
	}))
	s.secretRoutes("/api/v1/repos/{owner}/{repo}/actions/secrets")
	s.secretRoutes("/api/v1/orgs/{owner}/actions/secrets")
	s.commentRoutes()
	s.ActionsRoutes("/api/v1/repos/{owner}/{repo}", false)
	s.pullRoutes()
	s.runRoutes()
	s.teamRoutes()
	s.variableRoutes()
	return s
}

// ServeHTTP checks the credential before anything else; the version is public.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Artifacts.Serve(s.World, w, r) {
		return
	}
	if _, ok := s.Tokens.Right(answer.Credential(r)); !ok && r.URL.Path != "/api/v1/version" {
		refuse(w, 401, "invalid username, password or token")
		return
	}
	s.Router.ServeHTTP(w, r)
}

func refuse(w http.ResponseWriter, status int, words string) {
	answer.JSON(w, status, map[string]string{"message": words, "url": "/api/swagger"})
}

// Variables points tea, client libraries and Gatewright here.
func (s *Server) Variables(base string) []world.Variable {
	return []world.Variable{
		{Name: "GITEA_URL", Value: base},
		{Name: "GITEA_TOKEN", Value: s.Token(Owner), Secret: true},
	}
}

// Token issues a token.
func (s *Server) Token(right string) string { return s.Tokens.Issue("", right) }

// paged answers with one page of rows and Gitea's headers about it.
func paged[T any](w http.ResponseWriter, r *http.Request, rows []T) {
	answer.JSON(w, 200, cut(w, r, rows))
}

func cut[T any](w http.ResponseWriter, r *http.Request, rows []T) []T {
	w.Header().Set("X-Total-Count", strconv.Itoa(len(rows)))
	return answer.Cut(w, r, rows, answer.Paging{Name: "limit", Usual: 30, Most: 50})
}

// unlinked returns one page of rows, without links.
func unlinked[T any](w http.ResponseWriter, r *http.Request, rows []T) []T {
	rows = cut(w, r, rows)
	w.Header().Del("Link")
	return rows
}

func (s *Server) listRepositories(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("owner")
	ofUser := strings.HasPrefix(r.URL.Path, "/api/v1/users/")
	o := s.World.Organization(name)
	switch {
	case o == nil && ofUser:
		refuse(w, 404, "user redirect does not exist [name: "+name+"]")
		return
	case name != "" && (o == nil || o.User && !ofUser):
		missing(w, "GetOrgByName", "user redirect does not exist [name: "+name+"]")
		return
	}
	paged(w, r, s.rows(r, o))
}

// rows shows an owner's repositories by name, those of all owners for nil.
func (s *Server) rows(r *http.Request, of *world.Organization) []map[string]any {
	var all []*world.Repository
	for _, o := range s.World.Organizations {
		if of == nil || of == o {
			all = append(all, o.Repositories...)
		}
	}
	sort.SliceStable(all, func(i, k int) bool { return all[i].Name < all[k].Name })
	return answer.Rows(all, func(repo *world.Repository) map[string]any { return s.show(r, repo) })
}

func (s *Server) search(w http.ResponseWriter, r *http.Request) {
	rows := slices.DeleteFunc(s.rows(r, nil), func(row map[string]any) bool { return !strings.Contains(row["name"].(string), r.URL.Query().Get("q")) })
	answer.JSON(w, 200, map[string]any{"ok": true, "data": unlinked(w, r, rows)})
}

// missing answers 404 in the form that Gitea has for most things.
func missing(w http.ResponseWriter, words string, details ...string) {
	answer.JSON(w, 404, map[string]any{"errors": details, "message": words, "url": "/api/swagger"})
}

func (s *Server) repository(w http.ResponseWriter, r *http.Request) *world.Repository {
	repo := s.World.Repository(r.PathValue("owner"), r.PathValue("repo"))
	if repo == nil {
		missing(w, "not found")
	}
	return repo
}

func (s *Server) secretRoutes(base string) {
	s.Handle("GET "+base, s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		if s.World.Quirk(NoList) && strings.Contains(place, "/") {
			refuse(w, 404, "The target couldn't be found.")
			return
		}
		rows := s.secrets.All(place)
		sort.Slice(rows, func(i, j int) bool { return rows[i].Name < rows[j].Name })
		answer.JSON(w, 200, unlinked(w, r, rows)) // lists of secrets have no links
	}))
	s.Handle("PUT "+base+"/{name}", s.at(s.putSecret))
	s.Handle("DELETE "+base+"/{name}", s.at(func(w http.ResponseWriter, r *http.Request, place string) {
		if !s.secrets.Delete(place, r.PathValue("name")) {
			refuse(w, 404, "secret was not found [name: ]")
			return
		}
		w.WriteHeader(204)
	}))
}

func (s *Server) at(next func(w http.ResponseWriter, r *http.Request, place string)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		place := r.PathValue("owner")
		if r.PathValue("repo") != "" {
			repo := s.repository(w, r)
			if repo == nil {
				return
			}
			if repo.NoCI && s.World.Quirk(Forgejo) {
				refuse(w, 404, "The target couldn't be found.")
				return
			}
			place = repo.Owner + "/" + repo.Name // archived or not: the real one takes both
		} else if o := s.World.Organization(place); o == nil {
			missing(w, "GetOrgByName", "user redirect does not exist [name: "+place+"]")
			return
		} else {
			place = o.Name
		}
		if s.Right(r) != Owner {
			refuse(w, 403, map[bool]string{true: "user should be the owner of the repo", false: "Must be an organization owner"}[r.PathValue("repo") != ""])
			return
		}
		next(w, r, place)
	}
}

// validName follows services/secrets of Gitea 1.25.2, and Forgejo.
func (s *Server) validName(name string) bool {
	return answer.Fits(`^[A-Z_][A-Z0-9_]*$`, name) && !answer.Fits(`^(GIT(EA|HUB)_|CI$)`, name) &&
		(!s.World.Quirk(Forgejo) || !strings.HasPrefix(name, "FORGEJO_"))
}

func (s *Server) putSecret(w http.ResponseWriter, r *http.Request, place string) {
	var in struct {
		Data        string `json:"data"`
		Description string `json:"description"`
	}
	name := strings.ToUpper(r.PathValue("name"))
	switch err := answer.Decode(r, &in); {
	case err != nil || in.Data == "":
		refuse(w, 422, "[Data]: Required")
		return
	case !s.validName(name):
		refuse(w, 400, "invalid variable or secret name")
		return
	case len(in.Data) > 65536:
		refuse(w, 400, "data too long")
		return
	}
	if e := s.secrets.Find(place, name); e != nil {
		e.data, e.Description = in.Data, in.Description // created_at stays
		w.WriteHeader(204)
		return
	}
	s.secrets.Put(place, name, secretEntry{Name: name, Description: in.Description, Created: s.World.Now(), data: in.Data})
	w.WriteHeader(201)
}

// Value returns what a secret holds at "acme" or "acme/api".
func (s *Server) Value(place, name string) (string, bool) {
	e, ok := answer.Peek(s.World, &s.secrets, place, name)
	return e.data, ok
}
