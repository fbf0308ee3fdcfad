package azuredevops

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
)

// group is a variable group as it is read and written. The parts that are not
// changed here are kept as they came.
type group struct {
	ID          int64                      `json:"id,omitempty"`
	Name        string                     `json:"name"`
	Description string                     `json:"description"`
	Type        string                     `json:"type"`
	Provider    json.RawMessage            `json:"providerData,omitempty"`
	Variables   map[string]json.RawMessage `json:"variables"`
	References  []reference                `json:"variableGroupProjectReferences"`
}

// reference says in which project a group is seen, and under which name. A
// write without any is refused with a 401.
type reference struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	Project     struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"projectReference"`
}

func groupsPath(project string) string {
	return rest.Path(project, "_apis", "distributedtask", "variablegroups")
}

// openGroup finds a group by its name. One that is not there is made by the
// first save.
func (c *Client) openGroup(ctx context.Context, project, name string) (*holder, error) {
	var found struct {
		Value []group `json:"value"`
	}
	_, err := c.call(ctx, rest.Request{
		Op: fmt.Sprintf("look for the variable group %s in %s", name, project), Method: "GET",
		Path: groupsPath(project), Query: url.Values{"groupName": {name}},
	}, &found)
	if err != nil {
		return nil, err
	}
	for _, g := range found.Value {
		if g.Name != name {
			continue // the name may have held a wildcard
		}
		if g.Type != "Vsts" {
			return nil, fault.Errorf(fault.Input, "the variable group %s of %s takes its values from elsewhere (%s); write them there", name, project, g.Type)
		}
		return c.existingGroup(ctx, project, g)
	}
	return c.newGroup(ctx, project, name)
}

func (c *Client) existingGroup(ctx context.Context, project string, g group) (*holder, error) {
	if len(g.References) == 0 {
		ref, err := c.reference(ctx, project, g.Name, g.Description)
		if err != nil {
			return nil, err
		}
		g.References = []reference{ref}
	}
	if g.Variables == nil {
		g.Variables = map[string]json.RawMessage{}
	}
	return &holder{vars: g.Variables, save: func(ctx context.Context, op string, vars map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		g.Variables = vars
		return c.saveGroup(ctx, rest.Request{
			Op: op, Method: "PUT", Path: rest.Path("_apis", "distributedtask", "variablegroups", strconv.FormatInt(g.ID, 10)),
		}, g)
	}}, nil
}

func (c *Client) newGroup(ctx context.Context, project, name string) (*holder, error) {
	ref, err := c.reference(ctx, project, name, forge.Mark)
	if err != nil {
		return nil, err
	}
	g := group{Name: name, Description: forge.Mark, Type: "Vsts", References: []reference{ref}}
	return &holder{made: true, vars: map[string]json.RawMessage{}, save: func(ctx context.Context, op string, vars map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		g.Variables = vars
		return c.saveGroup(ctx, rest.Request{Op: op, Method: "POST", Path: "/_apis/distributedtask/variablegroups"}, g)
	}}, nil
}

func (c *Client) saveGroup(ctx context.Context, r rest.Request, g group) (map[string]json.RawMessage, error) {
	g.ID = 0 // the path says it
	r.JSON = g
	var out group
	_, err := c.call(ctx, r, &out)
	return out.Variables, err
}

func (c *Client) reference(ctx context.Context, project, name, description string) (reference, error) {
	ref := reference{Name: name, Description: description}
	id, err := c.projectID(ctx, project)
	ref.Project.ID, ref.Project.Name = id, project
	return ref, err
}

// openPipeline reads a pipeline by its name or number. It is written back whole
// but for its variables; its revision makes a write fail that would undo
// somebody else's.
func (c *Client) openPipeline(ctx context.Context, project, name string) (*holder, error) {
	id, err := c.pipelineID(ctx, project, name)
	if err != nil {
		return nil, err
	}
	at := rest.Path(project, "_apis", "build", "definitions", id)
	whole := map[string]json.RawMessage{}
	if _, err := c.call(ctx, rest.Request{Op: "read the pipeline " + name + " of " + project, Method: "GET", Path: at}, &whole); err != nil {
		return nil, err
	}
	vars := map[string]json.RawMessage{}
	if raw, ok := whole["variables"]; ok {
		if err := json.Unmarshal(raw, &vars); err != nil || vars == nil {
			vars = map[string]json.RawMessage{}
		}
	}
	return &holder{vars: vars, save: func(ctx context.Context, op string, vars map[string]json.RawMessage) (map[string]json.RawMessage, error) {
		enc, err := json.Marshal(vars)
		if err != nil {
			return nil, fault.Errorf(fault.Bug, "%s: %w", op, err)
		}
		whole["variables"] = enc
		var out struct {
			Variables map[string]json.RawMessage `json:"variables"`
		}
		_, err = c.call(ctx, rest.Request{Op: op, Method: "PUT", Path: at, JSON: whole}, &out)
		return out.Variables, err
	}}, nil
}

func (c *Client) pipelineID(ctx context.Context, project, name string) (string, error) {
	if _, err := strconv.ParseInt(name, 10, 64); err == nil {
		return name, nil
	}
	var found struct {
		Value []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
			Path string `json:"path"`
		} `json:"value"`
	}
	_, err := c.call(ctx, rest.Request{
		Op: "look for the pipeline " + name + " in " + project, Method: "GET",
		Path: rest.Path(project, "_apis", "build", "definitions"), Query: url.Values{"name": {name}},
	}, &found)
	switch {
	case err != nil:
		return "", err
	case len(found.Value) == 0:
		return "", fault.WithHint(fault.Errorf(fault.Input, "there is no pipeline %s in %s", name, project), "name it, or its number, with --pipeline")
	case len(found.Value) > 1:
		return "", fault.WithHint(fault.Errorf(fault.Input, "there are %d pipelines %s in %s, in different folders", len(found.Value), name, project),
			"give the number with --pipeline")
	}
	return strconv.FormatInt(found.Value[0].ID, 10), nil
}
