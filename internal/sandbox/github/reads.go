package github

import (
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// readRoutes are reads of commits, users and properties that clients make on
// the way to secrets, comments and statuses.
func (s *Server) readRoutes() {
	const base = "/repos/{owner}/{repo}"
	s.Handle("GET "+base+"/commits/{sha}/pulls", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		list := []map[string]any{} // a fork's commit is in none (quarkusio/pt.quarkus.io#389)
		for _, p := range repo.PullRequests {
			if p.Head == r.PathValue("sha") && p.From == "" {
				list = append(list, s.showPull(r, repo, p))
			}
		}
		answer.JSON(w, 200, list)
	}))
	s.Handle("GET "+base+"/commits/{sha}/status", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		list, state := []map[string]any{}, "pending"
		for _, st := range s.Marks.Of(repo, r.PathValue("sha")) {
			list, state = append(list, showStatus(r, st)), st.State
		}
		at := answer.Origin(r) + "/repos/" + repo.Owner + "/" + repo.Name + "/commits/" + r.PathValue("sha")
		answer.JSON(w, 200, map[string]any{
			"state": state, "statuses": list, "sha": r.PathValue("sha"), "total_count": len(list), "repository": minimalRepository(r, repo), "commit_url": at, "url": at + "/status",
		})
	}))
	s.Handle("GET "+base+"/statuses/{sha}", s.OnRepository(s.listStatuses))
	s.Handle("GET "+base+"/issues/comments", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		list := []map[string]any{}
		for _, p := range repo.PullRequests {
			for _, c := range s.Notes.Of(repo, p.Number) {
				list = append(list, showComment(r, c))
			}
		}
		answer.JSON(w, 200, list)
	}))
	s.Handle("GET /users/{user}", func(w http.ResponseWriter, r *http.Request) {
		o := s.World.Organization(r.PathValue("user"))
		switch {
		case r.PathValue("user") == "robin":
			s.user(w, r)
		case o != nil:
			answer.JSON(w, 200, simpleUser(answer.Origin(r), o.Name, o.ID, "Organization"))
		default:
			refuse(w, 404, "Not Found")
		}
	})
	s.propertyRoutes()
	s.environmentRoutes()
}

func (s *Server) propertyRoutes() {
	properties := func(repo *world.Repository) []map[string]any {
		out := []map[string]any{}
		for name, values := range repo.Properties {
			value := any(values)
			if len(values) == 1 {
				value = values[0]
			}
			out = append(out, map[string]any{"property_name": name, "value": value})
		}
		return out
	}
	s.Handle("GET /repos/{owner}/{repo}/properties/values", s.OnRepository(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository) {
		answer.JSON(w, 200, properties(repo))
	}))
	s.Handle("GET /orgs/{org}/properties/values", func(w http.ResponseWriter, r *http.Request) {
		o := s.World.Organization(r.PathValue("org"))
		if o == nil {
			refuse(w, 404, "Not Found")
			return
		}
		list := []map[string]any{}
		for _, repo := range o.Repositories {
			list = append(list, map[string]any{
				"repository_id": repo.ID, "repository_name": repo.Name, "repository_full_name": repo.Owner + "/" + repo.Name, "properties": properties(repo),
			})
		}
		answer.JSON(w, 200, list)
	})
}

func (s *Server) environmentRoutes() {
	const at = "/repos/{owner}/{repo}/environments/{environment}"
	s.Handle("PUT "+at, s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		name := r.PathValue("environment")
		if !slices.Contains(repo.Environments, name) {
			repo.Environments = append(repo.Environments, name)
		}
		answer.JSON(w, 200, environment(r, repo, slices.Index(repo.Environments, name)))
	}))
	s.Handle("DELETE "+at, s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		repo.Environments = slices.DeleteFunc(repo.Environments, func(x string) bool { return x == r.PathValue("environment") })
		w.WriteHeader(204)
	}))
}
