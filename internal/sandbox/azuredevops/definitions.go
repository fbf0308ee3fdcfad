package azuredevops

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// definition is a pipeline. What it holds beside its variables has to come back
// with every PUT, as everything else of the real one does.
type definition struct {
	ID        int64
	Org       string
	Name      string
	Revision  int64
	Variables variables
	Rest      map[string]any
}

func newDefinition(id int64, org string, r *world.Repository) *definition {
	return &definition{
		ID: id, Org: org, Name: r.Name, Revision: 1, Variables: variables{},
		Rest: map[string]any{
			"type": "build", "queueStatus": "enabled", "path": "\\",
			"process":    map[string]any{"type": 2.0, "yamlFilename": "/azure-pipelines.yml"},
			"repository": map[string]any{"id": uuid(r.ID), "name": r.Name, "type": "TfsGit"},
			"triggers":   []any{map[string]any{"triggerType": "continuousIntegration", "maxConcurrentBuildsPerBranch": 1.0}},
		},
	}
}

func (d *definition) show() map[string]any {
	out := map[string]any{"id": d.ID, "name": d.Name, "revision": d.Revision, "variables": d.Variables.show()}
	for k, v := range d.Rest {
		out[k] = v
	}
	return out
}

func (s *Server) definitionRoutes() {
	const base = "/{org}/{project}/_apis/build/definitions"
	s.handle("GET "+base, func(w http.ResponseWriter, r *http.Request) {
		o := s.project(w, r)
		if o == nil || !s.pipelinesAllowed(w, r) {
			return
		}
		rows := []any{}
		for _, d := range s.definitions {
			if name := r.URL.Query().Get("name"); d.Org == o.Name && (name == "" || name == d.Name) {
				rows = append(rows, map[string]any{"id": d.ID, "name": d.Name, "revision": d.Revision, "path": "\\"})
			}
		}
		values(w, rows)
	})
	s.handle("GET "+base+"/{definition}", s.onDefinition(func(w http.ResponseWriter, _ *http.Request, d *definition) {
		answer.JSON(w, 200, d.show())
	}))
	s.handle("PUT "+base+"/{definition}", s.onDefinition(putDefinition))
}

func (s *Server) onDefinition(next func(http.ResponseWriter, *http.Request, *definition)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		o := s.project(w, r)
		if o == nil || !s.pipelinesAllowed(w, r) {
			return
		}
		i := slices.IndexFunc(s.definitions, func(d *definition) bool {
			return d.Org == o.Name && d.ID == number(r.PathValue("definition"))
		})
		if i < 0 {
			refuse(w, 404, "DefinitionNotFoundException", "Build definition "+r.PathValue("definition")+" does not exist.")
			return
		}
		next(w, r, s.definitions[i])
	}
}

func putDefinition(w http.ResponseWriter, r *http.Request, d *definition) {
	var in map[string]any
	var typed struct {
		ID        int64     `json:"id"`
		Name      string    `json:"name"`
		Revision  int64     `json:"revision"`
		Variables variables `json:"variables"`
	}
	var raw json.RawMessage
	if err := answer.Decode(r, &raw); err != nil || json.Unmarshal(raw, &in) != nil || json.Unmarshal(raw, &typed) != nil {
		refuse(w, 400, "InvalidRequest", "TF400898: the definition cannot be read.")
		return
	}
	if typed.ID != d.ID || typed.Revision != d.Revision {
		refuse(w, 409, "InvalidDefinitionException", "The definition was changed by someone else since revision was read; refresh and try again.")
		return
	}
	for k := range d.Rest {
		if in[k] == nil { // client libraries write some values as words and some as numbers
			refuse(w, 400, "InvalidDefinitionException", "The definition lost its "+k+".")
			return
		}
	}
	d.Variables = d.Variables.replace(typed.Variables)
	d.Revision++
	answer.JSON(w, 200, d.show())
}

// PipelineValue gives what a variable of a pipeline holds.
func (s *Server) PipelineValue(org, pipeline, name string) (text string, secret, ok bool) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, d := range s.definitions {
		if d.Org == org && d.Name == pipeline {
			return d.Variables.find(name)
		}
	}
	return "", false, false
}
