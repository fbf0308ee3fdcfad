package azuredevops

import (
	"net/http"
	"path"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/answer"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// value is a variable on the wire. A secret's value is null in answers, and
// null in a request keeps what is there.
type value struct {
	Value    *string `json:"value"`
	IsSecret bool    `json:"isSecret,omitempty"`
	ReadOnly bool    `json:"isReadOnly,omitempty"`
	Override *bool   `json:"allowOverride,omitempty"` // pipelines only
}

// variables are what a group or a pipeline holds.
type variables map[string]value

// show hides the secrets.
func (v variables) show() variables {
	out := variables{}
	for name, x := range v {
		if x.IsSecret {
			x.Value = nil
		}
		out[name] = x
	}
	return out
}

// replace takes over a whole map, as a PUT does: what it does not name is gone.
func (v variables) replace(in variables) variables {
	out := variables{}
	for name, x := range in {
		if old, there := v[name]; x.Value == nil && there {
			x.Value = old.Value
		}
		if x.Value == nil {
			empty := ""
			x.Value = &empty
		}
		out[name] = x
	}
	return out
}

type projectReference struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type groupReference struct {
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Project     projectReference `json:"projectReference"`
}

type group struct {
	ID          int64
	Org         string
	Name        string
	Description string
	Type        string
	Variables   variables
	References  []groupReference
	Created     time.Time
	Modified    time.Time
}

type groupBody struct {
	ID          *int64           `json:"id"`
	Name        string           `json:"name"`
	Description string           `json:"description"`
	Type        string           `json:"type"`
	Provider    any              `json:"providerData"`
	Variables   variables        `json:"variables"`
	References  []groupReference `json:"variableGroupProjectReferences"`

	// What is only read may come back, and is not looked at.
	CreatedBy  any `json:"createdBy"`
	CreatedOn  any `json:"createdOn"`
	ModifiedBy any `json:"modifiedBy"`
	ModifiedOn any `json:"modifiedOn"`
	IsShared   any `json:"isShared"`
}

func (g *group) show() map[string]any {
	by := map[string]string{"id": uuid(1), "displayName": "Robin Doe"}
	return map[string]any{
		"id": g.ID, "name": g.Name, "description": g.Description, "type": g.Type, "variables": g.Variables.show(),
		"variableGroupProjectReferences": g.References, "isShared": len(g.References) > 1,
		"createdBy": by, "createdOn": g.Created, "modifiedBy": by, "modifiedOn": g.Modified,
	}
}

func (s *Server) groupRoutes() {
	s.handle("GET /{org}/{project}/_apis/distributedtask/variablegroups", func(w http.ResponseWriter, r *http.Request) {
		o := s.project(w, r)
		if o == nil || !s.pipelinesAllowed(w, r) {
			return
		}
		rows := []any{}
		for _, g := range s.groups {
			name := r.URL.Query().Get("groupName")
			if ok, _ := path.Match(name, g.Name); g.Org == o.Name && (name == "" || ok) {
				rows = append(rows, g.show())
			}
		}
		values(w, rows)
	})
	s.handle("GET /{org}/{project}/_apis/distributedtask/variablegroups/{group}", func(w http.ResponseWriter, r *http.Request) {
		o := s.project(w, r)
		if o == nil || !s.pipelinesAllowed(w, r) {
			return
		}
		if g := s.group(w, r, o); g != nil {
			answer.JSON(w, 200, g.show())
		}
	})
	s.handle("POST /{org}/_apis/distributedtask/variablegroups", s.createGroup)
	s.handle("PUT /{org}/_apis/distributedtask/variablegroups/{group}", s.updateGroup)
	s.handle("DELETE /{org}/_apis/distributedtask/variablegroups/{group}", func(w http.ResponseWriter, r *http.Request) {
		o := s.world.Organization(r.PathValue("org"))
		if o == nil || !s.pipelinesAllowed(w, r) {
			return
		}
		if g := s.group(w, r, o); g != nil {
			s.groups = slices.DeleteFunc(s.groups, func(x *group) bool { return x == g })
			w.WriteHeader(204)
		}
	})
}

func (s *Server) group(w http.ResponseWriter, r *http.Request, o *world.Organization) *group {
	for _, g := range s.groups {
		if g.Org == o.Name && g.ID == number(r.PathValue("group")) {
			return g
		}
	}
	refuse(w, 404, "VariableGroupNotFoundException", "Variable group with id "+r.PathValue("group")+" cannot be found.")
	return nil
}

func (s *Server) readGroup(w http.ResponseWriter, r *http.Request) (*world.Organization, *groupBody) {
	o := s.world.Organization(r.PathValue("org"))
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
		w.WriteHeader(401) // what the real one answers where nobody says which project
		return nil, nil
	case slices.ContainsFunc(in.References, func(x groupReference) bool {
		return x.Name != in.Name || x.Project.Name != Project || x.Project.ID != uuid(o.ID)
	}):
		refuse(w, 400, "InvalidRequest", "The project reference is not valid.")
		return nil, nil
	case in.Name == "" || in.Variables == nil || in.Type != "Vsts":
		refuse(w, 400, "InvalidRequest", "The variable group needs a name, a type and variables.")
		return nil, nil
	}
	return o, &in
}

func (s *Server) createGroup(w http.ResponseWriter, r *http.Request) {
	o, in := s.readGroup(w, r)
	if in == nil {
		return
	}
	if slices.ContainsFunc(s.groups, func(g *group) bool { return g.Org == o.Name && g.Name == in.Name }) {
		refuse(w, 409, "VariableGroupExistsException", "Variable group "+in.Name+" already exists.")
		return
	}
	now := s.world.Now()
	g := &group{ID: s.world.NextID(), Org: o.Name, Name: in.Name, Description: in.Description, Type: in.Type, References: in.References, Created: now, Modified: now}
	g.Variables = variables{}.replace(in.Variables)
	s.groups = append(s.groups, g)
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
	g.Name, g.Description, g.Type, g.References, g.Modified = in.Name, in.Description, in.Type, in.References, s.world.Now()
	g.Variables = g.Variables.replace(in.Variables)
	answer.JSON(w, 200, g.show())
}

// Value gives what a variable of a group holds.
func (s *Server) Value(org, groupName, name string) (text string, secret, ok bool) {
	s.world.Lock()
	defer s.world.Unlock()
	for _, g := range s.groups {
		if g.Org == org && g.Name == groupName {
			return g.Variables.find(name)
		}
	}
	return "", false, false
}

func (v variables) find(name string) (text string, secret, ok bool) {
	x, ok := v[name]
	if !ok {
		return "", false, false
	}
	return *x.Value, x.IsSecret, true
}

// AddGroup makes a group as a person would, with variables in clear.
func (s *Server) AddGroup(org, name string, plain map[string]string) {
	s.world.Lock()
	defer s.world.Unlock()
	now := s.world.Now()
	g := &group{ID: s.world.NextID(), Org: org, Name: name, Type: "Vsts", Description: "Made by hand", Variables: variables{}, Created: now, Modified: now}
	for k, v := range plain {
		g.Variables[k] = value{Value: &v}
	}
	g.References = []groupReference{{Name: name, Description: "Made by hand", Project: projectReference{uuid(s.world.Organization(org).ID), Project}}}
	s.groups = append(s.groups, g)
}
