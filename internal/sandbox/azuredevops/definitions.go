package azuredevops

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

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
			"type": "build", "description": "Built with every push.", "queueStatus": "enabled", "path": "\\", "quality": "definition", "drafts": []any{}, "tags": []any{}, "properties": map[string]any{},
			"jobAuthorizationScope": "projectCollection", "createdDate": "2026-01-01T00:00:00Z", "uri": fmt.Sprintf("vstfs:///Build/Definition/%d", id),
			"queue":      map[string]any{"id": 18.0, "name": "Azure Pipelines", "url": "https://dev.azure.com/" + org + "/_apis/build/Queues/18", "pool": map[string]any{"id": 9.0, "name": "Azure Pipelines", "isHosted": true}, "_links": map[string]any{"self": map[string]any{"href": "https://dev.azure.com/" + org + "/_apis/build/Queues/18"}}},
			"authoredBy": map[string]any{"id": uuid(1), "displayName": "Robin Doe", "uniqueName": "robin@acme.example", "descriptor": "msa.robin", "imageUrl": "https://dev.azure.com/robin.png", "url": "https://dev.azure.com/robin", "_links": map[string]any{"avatar": map[string]any{"href": "https://dev.azure.com/robin.png"}}},
			"_links":     map[string]any{"self": map[string]any{"href": "https://dev.azure.com/d"}, "web": map[string]any{"href": "https://dev.azure.com/d"}, "editor": map[string]any{"href": "https://dev.azure.com/d"}, "badge": map[string]any{"href": "https://dev.azure.com/d"}},
			"url":        "https://dev.azure.com/" + org + "/_apis/build/Definitions/" + fmt.Sprint(id),
			"process":    map[string]any{"type": 2.0, "yamlFilename": "/azure-pipelines.yml"},
			"repository": map[string]any{"id": uuid(r.ID), "name": r.Name, "type": "TfsGit", "defaultBranch": "refs/heads/" + r.DefaultBranch, "clean": nil, "checkoutSubmodules": false, "url": "https://dev.azure.com/r"},
			"triggers":   []any{map[string]any{"triggerType": "continuousIntegration", "maxConcurrentBuildsPerBranch": 1.0, "batchChanges": false, "settingsSourceType": 2.0, "branchFilters": []any{"+main"}, "pathFilters": []any{}}},
		},
	}
}

// show leaves the variables out where there are none, as Azure DevOps does.
func (d *definition) show() map[string]any {
	out := map[string]any{"id": d.ID, "name": d.Name, "revision": d.Revision}
	if len(d.Variables) > 0 {
		out["variables"] = d.Variables.show()
	}
	for k, v := range d.Rest {
		out[k] = v
	}
	return out
}

// brief is a definition in a list.
func (d *definition) brief() map[string]any {
	out := d.show()
	for _, k := range []string{"variables", "process", "repository", "triggers", "tags", "properties", "jobAuthorizationScope"} {
		delete(out, k)
	}
	return out
}

func (s *Server) definitionRoutes() {
	const base = "/{org}/{project}/_apis/build/definitions"
	s.handle("GET "+base, s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		rows := []any{}
		for _, d := range s.definitions {
			name, repo := r.URL.Query().Get("name"), r.URL.Query().Get("repositoryId")
			of := d.Rest["repository"].(map[string]any)["id"]
			ok, _ := path.Match(strings.ToLower(name), strings.ToLower(d.Name))
			if d.Org == o.Name && (name == "" || ok) && (repo == "" || repo == of) && s.projectID(o, r.PathValue("project")) == uuid(o.ID) {
				out := d.brief()
				out["project"] = showProject(r, o, Project, uuid(o.ID))
				rows = append(rows, out)
			}
		}
		values(w, rows)
	}))
	s.handle("GET "+base+"/{definition}", s.onDefinition(s.answerDefinition))
	s.handle("PUT "+base+"/{definition}", s.onDefinition(s.putDefinition))
}

func (s *Server) onDefinition(next func(http.ResponseWriter, *http.Request, *definition)) http.HandlerFunc {
	return s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		i := slices.IndexFunc(s.definitions, func(d *definition) bool {
			return d.Org == o.Name && d.ID == number(r.PathValue("definition"))
		})
		if i < 0 {
			refuse(w, 404, "DefinitionNotFoundException", "Build definition "+r.PathValue("definition")+" does not exist.")
			return
		}
		next(w, r, s.definitions[i])
	})
}

func (s *Server) answerDefinition(w http.ResponseWriter, r *http.Request, d *definition) {
	out := d.show()
	o := s.World.Organization(d.Org)
	out["project"] = showProject(r, o, Project, uuid(o.ID))
	answer.JSON(w, 200, out)
}

func (s *Server) putDefinition(w http.ResponseWriter, r *http.Request, d *definition) {
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
		if _, there := in[k]; !there { // client libraries write some values as words and some as numbers
			refuse(w, 400, "InvalidDefinitionException", "The definition lost its "+k+".")
			return
		}
	}
	d.Variables = d.Variables.replace(typed.Variables)
	d.Revision++
	s.answerDefinition(w, r, d)
}

// PipelineValue returns what a variable of a pipeline holds.
func (s *Server) PipelineValue(org, pipeline, name string) (text string, secret, ok bool) {
	s.World.Lock()
	defer s.World.Unlock()
	for _, d := range s.definitions {
		if d.Org == org && d.Name == pipeline {
			return d.Variables.find(name)
		}
	}
	return "", false, false
}
