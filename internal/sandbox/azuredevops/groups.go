package azuredevops

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

func (s *Server) groupRoutes() {
	s.handle("GET /{org}/{project}/_apis/distributedtask/variablegroups", s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		rows := []any{}
		for _, g := range s.groups.All(o.Name) {
			name := r.URL.Query().Get("groupName")
			ok, _ := path.Match(strings.ToLower(name), strings.ToLower(g.Name))
			if g.in(r.PathValue("project")) && (name == "" || ok) {
				row := g.show()
				row["variableGroupProjectReferences"] = nil // only the group by itself shows them
				rows = append(rows, row)
			}
		}
		values(w, rows)
	}))
	s.handle("GET /{org}/{project}/_apis/distributedtask/variablegroups/{group}", s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		if g := s.find(r, o); g != nil && g.in(r.PathValue("project")) {
			answer.JSON(w, 200, g.show())
			return
		}
		answer.JSON(w, 200, nil)
	}))
	for _, base := range []string{"/{org}/_apis/distributedtask/variablegroups", "/{org}/{project}/_apis/distributedtask/variablegroups"} {
		s.handle("POST "+base, s.createGroup)
		s.handle("PUT "+base+"/{group}", s.updateGroup)
		s.handle("DELETE "+base+"/{group}", s.deleteGroup)
	}
	s.useRoutes()
}

// useRoutes are about the pipelines that may use a group.
func (s *Server) useRoutes() {
	const resources = "/{org}/{project}/_apis/build/authorizedresources"
	s.handle("GET "+resources, s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		rows := []resource{}
		for _, g := range s.groups.All(o.Name) {
			if g.Open {
				rows = append(rows, resource{"variablegroup", fmt.Sprint(g.ID), g.Name, true})
			}
		}
		values(w, rows)
	}))
	s.handle("PATCH "+resources, s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		var in []resource
		if err := answer.Decode(r, &in); err != nil {
			refuse(w, 400, "InvalidRequest", "TF400898: "+err.Error())
			return
		}
		for _, x := range in {
			for _, g := range s.groups.All(o.Name) {
				if x.Type == "variablegroup" && fmt.Sprint(x.ID) == fmt.Sprint(g.ID) {
					g.Open = x.Authorized
				}
			}
		}
		values(w, in)
	}))
	const permissions = "/{org}/{project}/_apis/pipelines/pipelinePermissions/variablegroup/{group}"
	s.handle("GET "+permissions, s.onGroup(func(w http.ResponseWriter, _ *http.Request, g *group) { answer.JSON(w, 200, g.permissions()) }))
	s.handle("PATCH "+permissions, s.onGroup(func(w http.ResponseWriter, r *http.Request, g *group) {
		var in struct {
			Pipelines []struct {
				ID         int64 `json:"id"`
				Authorized bool  `json:"authorized"`
			} `json:"pipelines"`
			All      any `json:"allPipelines"`
			Resource any `json:"resource"`
		}
		if err := answer.Decode(r, &in); err != nil {
			refuse(w, 400, "InvalidRequest", "TF400898: "+err.Error())
			return
		}
		for _, p := range in.Pipelines {
			g.Pipelines[p.ID] = p.Authorized
		}
		answer.JSON(w, 200, g.permissions())
	}))
}

func (s *Server) onGroup(next func(http.ResponseWriter, *http.Request, *group)) http.HandlerFunc {
	return s.onProject(func(w http.ResponseWriter, r *http.Request, o *world.Organization) {
		if g := s.group(w, r, o); g != nil {
			next(w, r, g)
		}
	})
}

func (s *Server) deleteGroup(w http.ResponseWriter, r *http.Request) {
	o := s.World.Organization(r.PathValue("org"))
	if o == nil || !s.pipelinesAllowed(w, r) {
		return
	}
	projects := strings.Split(strings.Join(r.URL.Query()["projectIds"], ","), ",")
	if r.PathValue("project") == "" && projects[0] == "" {
		refuse(w, 400, "ArgumentException", "Value cannot be null or empty. (Parameter 'projectIds')")
		return
	}
	g := s.group(w, r, o)
	if g == nil {
		return
	}
	g.References = slices.DeleteFunc(g.References, func(x groupReference) bool {
		return slices.Contains(projects, x.Project.ID) || x.Project.Name == r.PathValue("project")
	})
	if len(g.References) == 0 {
		s.store().Delete(o.Name, g.Name)
	}
	w.WriteHeader(204)
}

func (s *Server) find(r *http.Request, o *world.Organization) *group {
	for _, g := range s.groups.All(o.Name) {
		if g.ID == number(r.PathValue("group")) {
			return g
		}
	}
	return nil
}

func (s *Server) group(w http.ResponseWriter, r *http.Request, o *world.Organization) *group {
	if g := s.find(r, o); g != nil {
		return g
	}
	refuse(w, 404, "VariableGroupNotFoundException", "Variable group with id "+r.PathValue("group")+" cannot be found.")
	return nil
}

func (s *Server) readGroup(w http.ResponseWriter, r *http.Request) (*world.Organization, *groupBody) {
	o := s.World.Organization(r.PathValue("org"))
	if o == nil {
		refuse(w, 404, "OrganizationNotFound", "The organization does not exist.")
		return nil, nil
	}
	if !s.pipelinesAllowed(w, r) {
		return nil, nil
	}
	var in groupBody
	if err := answer.Decode(r, &in); err != nil {
		refuse(w, 400, "InvalidRequest", "TF400898: An Internal Error Occurred: "+err.Error())
		return nil, nil
	}
	switch {
	case len(in.References) == 0:
		refuse(w, 400, "ArgumentException", "At least one variable group project reference is required.")
		return nil, nil
	case slices.ContainsFunc(in.References, func(x groupReference) bool { return x.Name == "" }):
		refuse(w, 400, "ArgumentException", "Project information name is not valid for variable group.")
		return nil, nil
	case slices.ContainsFunc(in.References, func(x groupReference) bool { return s.projectName(o, x.Project.ID) == "" }):
		w.WriteHeader(401) // what the real one answers for a project that it does not know
		return nil, nil
	case in.Name == "" || in.Type != "Vsts" && in.Type != "":
		refuse(w, 400, "ArgumentException", "The variable group needs a name, and the type Vsts.")
		return nil, nil
	case len(in.Variables) == 0 && !s.World.Quirk(EmptyGroups):
		refuse(w, 400, "ArgumentException", "Value cannot be null or empty. (Parameter 'variables')")
		return nil, nil
	}
	in.Type = "Vsts"
	for i := range in.References {
		in.References[i].Project.Name = s.projectName(o, in.References[i].Project.ID)
	}
	return o, &in
}

// store is that of the groups, whose names differ by case or not.
func (s *Server) store() *answer.Store[*group] {
	s.groups.Exact = s.World.Quirk(CaseNames)
	return &s.groups
}

func (s *Server) createGroup(w http.ResponseWriter, r *http.Request) {
	o, in := s.readGroup(w, r)
	if in == nil {
		return
	}
	if s.store().Find(o.Name, in.Name) != nil {
		refuse(w, 409, "VariableGroupExistsException", "Variable group "+in.Name+" already exists.")
		return
	}
	now := s.World.Now()
	g := &group{ID: s.World.NextID(), Name: in.Name, Description: in.Description, Type: in.Type, References: in.References, Created: now, Modified: now, Pipelines: map[int64]bool{}}
	g.Variables = variables{}.replace(in.Variables)
	s.store().Put(o.Name, g.Name, g)
	answer.JSON(w, 200, g.show())
}

func (s *Server) updateGroup(w http.ResponseWriter, r *http.Request) {
	o, in := s.readGroup(w, r)
	if in == nil {
		return
	}
	g := s.group(w, r, o)
	if g == nil {
		return
	}
	if x := s.store().Find(o.Name, in.Name); x != nil && *x != g {
		refuse(w, 409, "VariableGroupExistsException", "Variable group "+in.Name+" already exists.")
		return
	}
	if s.World.Quirk(KeptRefs) {
		for _, old := range g.References {
			if !slices.ContainsFunc(in.References, func(x groupReference) bool { return x.Project.ID == old.Project.ID }) {
				in.References = append(in.References, old)
			}
		}
	}
	s.store().Rename(o.Name, g.Name, in.Name)
	g.Name, g.Description, g.Type, g.References, g.Modified = in.Name, in.Description, in.Type, in.References, s.World.Now()
	g.Variables = g.Variables.replace(in.Variables)
	answer.JSON(w, 200, g.show())
}

// Value returns what a variable of a group holds.
func (s *Server) Value(org, groupName, name string) (text string, secret, ok bool) {
	s.World.Lock()
	defer s.World.Unlock()
	for _, g := range s.groups.All(org) {
		if g.Name == groupName {
			return g.Variables.find(name)
		}
	}
	return "", false, false
}

// Group returns the names of the projects that see a group, and the pipelines
// that may use it; nil if there is none.
func (s *Server) Group(org, name string) (projects []string, pipelines map[int64]bool) {
	s.World.Lock()
	defer s.World.Unlock()
	for _, g := range s.groups.All(org) {
		if g.Name == name {
			for _, x := range g.References {
				projects = append(projects, x.Project.Name)
			}
			return projects, maps.Clone(g.Pipelines)
		}
	}
	return nil, nil
}

// AddGroup makes a group as a person would, with variables in clear, seen in
// the organization's project and in the further ones.
func (s *Server) AddGroup(org, name string, plain map[string]string, further ...string) {
	s.World.Lock()
	defer s.World.Unlock()
	now := s.World.Now()
	g := &group{ID: s.World.NextID(), Name: name, Type: "Vsts", Description: "Made by hand", Variables: variables{}, Created: now, Modified: now, Pipelines: map[int64]bool{}}
	for k, v := range plain {
		g.Variables[k] = value{Value: &v}
	}
	for _, project := range append([]string{Project}, further...) {
		g.References = append(g.References, groupReference{Name: name, Description: "Made by hand", Project: projectReference{s.projectID(s.World.Organization(org), project), project}})
	}
	s.store().Put(org, name, g)
}
