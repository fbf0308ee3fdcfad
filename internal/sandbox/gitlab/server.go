// Package gitlab stands in for GitLab's REST API below /api/v4: projects,
// groups, CI variables of both, merge request notes and commit statuses.
package gitlab

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// The rights a token can have: those of an owner, and those of a developer, who
// sees projects but no variables.
const (
	Owner     = "owner"
	Developer = "developer"
)

// Server is the stand-in. What it keeps is guarded by the world's lock.
type Server struct {
	answer.Forge
	Protected []string // branches on which a developer may set no status
	// MaxOffset is how far pages by number reach into a list of projects.
	MaxOffset int

	variables answer.Store[variable] // by "projects/acme/api" or "groups/acme"
}

// New makes the stand-in.
func New(w *world.World) *Server {
	s := &Server{Forge: answer.Forge{World: w}, MaxOffset: 50_000, variables: answer.Store[variable]{Exact: true}}
	s.Find = s.project
	s.NoPull = func(w http.ResponseWriter, _ *http.Request) { message(w, 404, "404 Not found") }
	s.NoComment = s.NoPull
	w.Kept("gitlab", func(r *world.Repository, kept world.SeedSecret) {
		mark := forge.Mark
		v := variable{Key: kept.Name, Type: "env_var", Masked: true, Raw: true, Scope: cmp.Or(kept.Environment, "*"), Description: &mark, value: world.NewToken("")}
		s.variables.Put("projects/"+r.Owner+"/"+r.Name, v.id(), v)
	})
	s.Router.Unknown = func(w http.ResponseWriter, r *http.Request) {
		message(w, 501, answer.Lacks(r))
	}
	s.Handle("GET /api/v4/version", func(w http.ResponseWriter, _ *http.Request) {
		answer.JSON(w, 200, map[string]string{"version": "18.5.0-ee", "revision": "0000000"})
	})
	s.Handle("GET /api/v4/user", func(w http.ResponseWriter, _ *http.Request) {
		out := robin()
		for k, v := range map[string]any{"bio": "", "created_at": "2020-01-01T00:00:00Z", "email": "robin@acme.example", "linkedin": "", "skype": "", "twitter": "", "theme_id": 1, "public_email": "robin@acme.example"} {
			out[k] = v
		}
		answer.JSON(w, 200, out)
	})
	s.projectRoutes()
	s.variableRoutes("projects")
	s.variableRoutes("groups")
	s.noteRoutes()
	s.artifactRoutes()
	s.requestRoutes()
	s.jobRoutes()
	s.statusRoutes()
	return s
}

// ServeHTTP checks the credential before anything else.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.Artifacts.Serve(s.World, w, r) {
		return
	}
	if _, ok := s.Tokens.Right(token(r)); !ok {
		message(w, 401, "401 Unauthorized")
		return
	}
	s.Router.ServeHTTP(w, r)
}

func token(r *http.Request) string {
	if t := r.Header.Get("Private-Token"); t != "" {
		return t
	}
	return answer.Credential(r)
}

func (s *Server) right(r *http.Request) string {
	right, _ := s.Tokens.Right(token(r))
	return right
}

func message(w http.ResponseWriter, status int, m any) {
	answer.JSON(w, status, map[string]any{"message": m})
}

// Variables points glab, client libraries and Gatewright here.
func (s *Server) Variables(base string) []world.Variable {
	return []world.Variable{
		{Name: "GITLAB_URL", Value: base},
		{Name: "CI_API_V4_URL", Value: base + "/api/v4"},
		{Name: "GITLAB_TOKEN", Value: s.Token(Owner), Secret: true},
	}
}

// Token issues a token.
func (s *Server) Token(right string) string { return s.Tokens.Issue("glpat-", right) }

// maxTotal is how many rows GitLab counts: of longer lists it does not say how
// long they are.
const maxTotal = 10_000

func pages() answer.Paging { return answer.Paging{Name: "per_page", Usual: 20, Most: 100} }

// paged answers with one page of rows and GitLab's headers about it.
func paged[T any](w http.ResponseWriter, r *http.Request, rows []T) {
	span, h := answer.Page(r, len(rows), pages()), w.Header()
	h.Set("X-Per-Page", strconv.Itoa(span.Per))
	h.Set("X-Page", strconv.Itoa(span.Page))
	if len(rows) <= maxTotal {
		h.Set("X-Total", strconv.Itoa(len(rows)))
	}
	next := ""
	if span.To < len(rows) {
		next = strconv.Itoa(span.Page + 1)
	}
	h.Set("X-Next-Page", next)
	answer.JSON(w, 200, answer.Cut(w, r, rows, pages()))
}

func (s *Server) projectRoutes() {
	s.Handle("GET /api/v4/projects", func(w http.ResponseWriter, r *http.Request) {
		s.list(w, r, s.World.Repositories())
	})
	s.Handle("GET /api/v4/projects/{id}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, p *world.Repository) {
		answer.JSON(w, 200, s.show(r, p))
	}))
	s.Handle("GET /api/v4/projects/{id}/languages", s.OnRepository(func(w http.ResponseWriter, _ *http.Request, p *world.Repository) {
		shares := map[string]float64{}
		if p.Language != "" {
			shares = map[string]float64{p.Language: 91.5, "Shell": 8.5}
		}
		answer.JSON(w, 200, shares)
	}))
	s.Handle("GET /api/v4/groups/{id}", func(w http.ResponseWriter, r *http.Request) {
		if g := s.group(w, r); g != nil {
			answer.JSON(w, 200, map[string]any{"id": g.ID, "path": g.Name, "full_path": g.Name, "name": g.Name, "visibility": "private", "description": "", "parent_id": s.parent(g), "web_url": "https://gitlab.com/groups/" + g.Name, "projects": []any{}})
		}
	})
	s.Handle("GET /api/v4/users/{id}/projects", func(w http.ResponseWriter, r *http.Request) {
		if o := s.World.Organization(r.PathValue("id")); o != nil && o.User {
			s.list(w, r, o.Repositories)
			return
		}
		message(w, 404, "404 User Not Found")
	})
	s.Handle("GET /api/v4/groups/{id}/projects", func(w http.ResponseWriter, r *http.Request) {
		g := s.group(w, r)
		if g == nil {
			return
		}
		all := g.Repositories
		for _, sub := range s.World.Organizations { // a group's subgroups are owners of their own in the world
			if r.URL.Query().Get("include_subgroups") == "true" && strings.HasPrefix(sub.Name, g.Name+"/") {
				all = slices.Concat(all, sub.Repositories)
			}
		}
		s.list(w, r, all)
	})
}

func (s *Server) list(w http.ResponseWriter, r *http.Request, all []*world.Repository) {
	if at := answer.Page(r, len(all), pages()); at.Page*at.Per > s.MaxOffset {
		answer.JSON(w, 405, map[string]string{"error": fmt.Sprintf("Offset pagination has a maximum allowed offset of %d for requests that return objects of type Project. Remaining records can be retrieved using keyset pagination.", s.MaxOffset)})
		return
	}
	q := r.URL.Query()
	all = slices.Clone(all)
	all = slices.DeleteFunc(all, func(p *world.Repository) bool {
		return q.Get("archived") != "" && (q.Get("archived") == "true") != p.Archived ||
			q.Get("visibility") != "" && q.Get("visibility") != visibility(p) ||
			q.Get("topic") != "" && !hasAll(p.Topics, strings.Split(q.Get("topic"), ","))
	})
	sort.Slice(all, func(i, j int) bool { return all[i].ID < all[j].ID })
	if q.Get("sort") != "asc" {
		slices.Reverse(all)
	}
	paged(w, r, answer.Rows(all, func(p *world.Repository) map[string]any {
		row := s.show(r, p)
		if strings.HasPrefix(r.URL.Path, "/api/v4/groups/") && !s.World.Quirk(Listed) {
			delete(row, "permissions")
		}
		return row
	}))
}

func hasAll(have, want []string) bool {
	return !slices.ContainsFunc(want, func(t string) bool { return !slices.Contains(have, t) })
}

func visibility(p *world.Repository) string {
	if p.Private {
		return "private"
	}
	return "public"
}

func (s *Server) show(r *http.Request, p *world.Repository) map[string]any {
	level := 50
	if s.right(r) != Owner {
		level = 30
	}
	out := map[string]any{
		"id": p.ID, "name": p.Name, "path": p.Name, "path_with_namespace": p.Owner + "/" + p.Name,
		"name_with_namespace": p.Owner + " / " + p.Name,
		"namespace":           map[string]any{"id": 1, "kind": "group", "full_path": p.Owner, "path": p.Owner, "name": p.Owner, "parent_id": nil, "avatar_url": "/uploads/-/system/group/avatar/1/" + p.Owner + ".png", "web_url": "https://gitlab.com/groups/" + p.Owner},
		"description":         "", "issues_enabled": true, "merge_requests_enabled": true, "wiki_enabled": true, "snippets_enabled": true, "builds_enabled": true,
		"creator_id": 1, "public": !p.Private, "tag_list": append([]string{}, p.Topics...), "web_url": "https://gitlab.com/" + p.Owner + "/" + p.Name,
		"http_url_to_repo": "https://gitlab.com/" + p.Owner + "/" + p.Name + ".git", "ssh_url_to_repo": "git@gitlab.com:" + p.Owner + "/" + p.Name + ".git",
		"default_branch": p.DefaultBranch, "visibility": visibility(p), "archived": p.Archived,
		"jobs_enabled": !p.NoCI, "builds_access_level": map[bool]string{false: "enabled", true: "disabled"}[p.NoCI], "repository_access_level": "enabled",
		"topics": append([]string{}, p.Topics...), "last_activity_at": p.PushedAt, "created_at": p.CreatedAt,
		"permissions": map[string]any{"project_access": nil, "group_access": map[string]int{"access_level": level}},
	}
	if o := s.World.Organization(p.Owner); o != nil && o.User {
		out["permissions"] = map[string]any{"project_access": map[string]int{"access_level": level, "notification_level": 3}, "group_access": nil}
	}
	if p.Fork {
		out["forked_from_project"] = map[string]any{"id": 1, "path_with_namespace": "upstream/" + p.Name}
	}
	return out
}

// project finds the request's project, by number or by path, or answers 404.
func (s *Server) project(w http.ResponseWriter, r *http.Request) *world.Repository {
	id := r.PathValue("id")
	for _, p := range s.World.Repositories() {
		if strconv.FormatInt(p.ID, 10) == id || strings.EqualFold(p.Owner+"/"+p.Name, id) {
			return p
		}
	}
	if owner, name, ok := cutLast(id); ok && !s.World.Quirk(Moved404) {
		if p := s.World.Moved(owner, name); p != nil { // GitLab follows within its answer
			return p
		}
	}
	message(w, 404, "404 Project Not Found")
	return nil
}

// cutLast cuts "group/subgroup/name" before the name.
func cutLast(path string) (owner, name string, ok bool) {
	i := strings.LastIndexByte(path, '/')
	if i < 0 {
		return "", "", false
	}
	return path[:i], path[i+1:], true
}

// parent is the id of the group above a subgroup, nil for a top group.
func (s *Server) parent(g *world.Organization) any {
	above, _, _ := cutLast(g.Name)
	if o := s.World.Organization(above); o != nil {
		return o.ID
	}
	return nil
}

func (s *Server) group(w http.ResponseWriter, r *http.Request) *world.Organization {
	id := r.PathValue("id")
	for _, o := range s.World.Organizations {
		if !o.User && (strings.EqualFold(o.Name, id) || strconv.FormatInt(o.ID, 10) == id) {
			return o
		}
	}
	message(w, 404, "404 Group Not Found")
	return nil
}
