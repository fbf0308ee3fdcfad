package azuredevops

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

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
	Name        string
	Description string
	Type        string
	Variables   variables
	References  []groupReference
	Created     time.Time
	Modified    time.Time
	Pipelines   map[int64]bool // that may use it
	Open        bool           // to all of them
}

// resource is what all pipelines of a project may use.
type resource struct {
	Type       string `json:"type"`
	ID         any    `json:"id"` // text, or a number
	Name       string `json:"name"`
	Authorized bool   `json:"authorized"`
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
	by := map[string]string{"id": uuid(1), "displayName": "Robin Doe", "uniqueName": "robin@acme.example"}
	return map[string]any{
		"id": g.ID, "name": g.Name, "description": g.Description, "type": g.Type, "variables": g.Variables.show(),
		"variableGroupProjectReferences": g.References, "isShared": len(g.References) > 1,
		"createdBy": by, "createdOn": g.Created, "modifiedBy": by, "modifiedOn": g.Modified,
	}
}

// in reports whether the group is seen in a project, named or by its id.
func (g *group) in(project string) bool {
	return slices.ContainsFunc(g.References, func(x groupReference) bool { return x.Project.Name == project || x.Project.ID == project })
}

func (g *group) permissions() map[string]any {
	rows := []map[string]any{}
	for _, id := range slices.Sorted(maps.Keys(g.Pipelines)) {
		rows = append(rows, map[string]any{"id": id, "authorized": g.Pipelines[id]})
	}
	return map[string]any{"resource": map[string]any{"type": "variablegroup", "id": fmt.Sprint(g.ID)}, "pipelines": rows}
}
