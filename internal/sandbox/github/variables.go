package github

import (
	"net/http"
	"sort"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
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
