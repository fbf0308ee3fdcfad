package github

import (
	"net/http"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// variable is a plain variable of Actions, beside the secrets.
type variable struct {
	Name       string    `json:"name"`
	Value      string    `json:"value"`
	Created    time.Time `json:"created_at"`
	Updated    time.Time `json:"updated_at"`
	Visibility string    `json:"visibility,omitempty"`
	Selected   string    `json:"selected_repositories_url,omitempty"`
}

func (s *Server) variableRoutes() {
	for _, base := range []string{
		"/repos/{owner}/{repo}/actions/variables", "/orgs/{org}/actions/variables", "/repos/{owner}/{repo}/environments/{environment}/variables",
	} {
		s.Handle("GET "+base, s.at("actions", s.listVariables))
		s.Handle("POST "+base, s.at("actions", s.createVariable))
		s.Handle("GET "+base+"/{name}", s.onVariable(func(w http.ResponseWriter, _ *http.Request, _ site, v *variable) { answer.JSON(w, 200, v) }))
		s.Handle("PATCH "+base+"/{name}", s.onVariable(s.patchVariable))
		s.Handle("DELETE "+base+"/{name}", s.onVariable(func(w http.ResponseWriter, _ *http.Request, at site, v *variable) {
			s.variables.Delete(at.key, v.Name)
			w.WriteHeader(204)
		}))
	}
	s.Handle("GET /orgs/{org}/actions/variables/{name}/repositories", s.onVariable(func(w http.ResponseWriter, r *http.Request, at site, _ *variable) {
		answer.JSON(w, 200, map[string]any{"total_count": len(at.org.Repositories), "repositories": s.page(w, r, at.org.Repositories)})
	}))
}

func (s *Server) onVariable(next func(http.ResponseWriter, *http.Request, site, *variable)) http.HandlerFunc {
	return s.at("actions", func(w http.ResponseWriter, r *http.Request, at site) {
		if v := s.variables.Find(at.key, r.PathValue("name")); v != nil {
			next(w, r, at, v)
			return
		}
		refuse(w, 404, "Not Found")
	})
}

func (s *Server) listVariables(w http.ResponseWriter, r *http.Request, at site) {
	all := s.variables.All(at.key)
	sort.Slice(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	answer.JSON(w, 200, map[string]any{"total_count": len(all), "variables": answer.Cut(w, r, all, answer.Paging{Name: "per_page", Usual: 10, Most: 30})})
}

type variableBody struct {
	Name       string `json:"name"`
	Value      string `json:"value"`
	Visibility string `json:"visibility"`
	Selected   []any  `json:"selected_repository_ids"`
}

func (s *Server) createVariable(w http.ResponseWriter, r *http.Request, at site) {
	var in variableBody
	if err := answer.Decode(r, &in); err != nil {
		refuse(w, 400, "Problems parsing JSON: "+err.Error())
		return
	}
	name := strings.ToUpper(in.Name)
	switch {
	case !validName(name) || strings.HasPrefix(name, "GITHUB_"):
		refuse(w, 422, "Variable names can only contain alphanumeric characters ([a-z], [A-Z], [0-9]) or underscores (_).")
		return
	case s.variables.Find(at.key, name) != nil:
		refuse(w, 409, "Already exists - Variable already exists")
		return
	}
	now := s.World.Now().Truncate(time.Second)
	v := variable{Name: name, Value: in.Value, Created: now, Updated: now, Visibility: in.Visibility}
	if in.Visibility == "selected" {
		v.Selected = answer.Origin(r) + r.URL.Path + "/" + name + "/repositories"
	}
	s.variables.Put(at.key, name, v)
	answer.JSON(w, 201, struct{}{})
}

func (s *Server) patchVariable(w http.ResponseWriter, r *http.Request, at site, v *variable) {
	var in variableBody
	if err := answer.Decode(r, &in); err != nil {
		refuse(w, 400, "Problems parsing JSON: "+err.Error())
		return
	}
	v.Value, v.Updated = in.Value, s.World.Now().Truncate(time.Second)
	if in.Visibility != "" {
		v.Visibility = in.Visibility
	}
	w.WriteHeader(204)
}

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
	s.Handle("GET "+base+"/properties/values", s.OnRepository(func(w http.ResponseWriter, _ *http.Request, repo *world.Repository) {
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
	s.Handle("PUT "+base+"/environments/{environment}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		name := r.PathValue("environment")
		if !slices.Contains(repo.Environments, name) {
			repo.Environments = append(repo.Environments, name)
		}
		answer.JSON(w, 200, environment(r, repo, slices.Index(repo.Environments, name)))
	}))
	s.Handle("DELETE "+base+"/environments/{environment}", s.OnRepository(func(w http.ResponseWriter, r *http.Request, repo *world.Repository) {
		repo.Environments = slices.DeleteFunc(repo.Environments, func(x string) bool { return x == r.PathValue("environment") })
		w.WriteHeader(204)
	}))
}
