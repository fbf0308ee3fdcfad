package azuredevops

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// openPipeline reads a pipeline by its name or number. It is written back whole
// but for its variables; its revision makes a write fail that would undo
// somebody else's.
func (c *Client) openPipeline(ctx context.Context, project, name string) (*container, error) {
	id, err := c.pipelineID(ctx, project, name)
	if err != nil {
		return nil, err
	}
	at := rest.Path(project, "_apis", "build", "definitions", id)
	whole := map[string]json.RawMessage{}
	if _, err := c.call(ctx, rest.Request{Op: "read the pipeline " + name + " of " + project, Path: at}, &whole); err != nil {
		return nil, err
	}
	vars := map[string]json.RawMessage{}
	if raw := whole["variables"]; len(raw) > 0 && string(raw) != "null" {
		if err := json.Unmarshal(raw, &vars); err != nil { // written back without them, they would be gone
			return nil, fault.Errorf(fault.Service, "read the variables of the pipeline %s of %s: %w", name, project, err)
		}
	}
	return &container{vars: vars, save: func(ctx context.Context, op string, vars map[string]json.RawMessage) (map[string]json.RawMessage, error) {
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

// definition is a pipeline as it is listed.
type definition struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

func (c *Client) pipelineID(ctx context.Context, project, name string) (string, error) {
	if _, err := strconv.ParseInt(name, 10, 64); err == nil {
		return name, nil
	}
	found, err := rows[definition](ctx, c, rest.Request{
		Op:   "look for the pipeline " + name + " in " + project,
		Path: rest.Path(project, "_apis", "build", "definitions"), Query: url.Values{"name": {name}},
	})
	var ids []int64
	for _, d := range found {
		if strings.EqualFold(d.Name, name) { // which was taken for a pattern: a star in it is others' too
			ids = append(ids, d.ID)
		}
	}
	switch {
	case err != nil:
		return "", err
	case len(ids) == 0:
		return "", fault.WithHint(fault.Errorf(fault.Input, "there is no pipeline %s in %s", name, project), "name it, or its number, with --pipeline")
	case len(ids) > 1:
		return "", fault.WithHint(fault.Errorf(fault.Input, "there are %d pipelines %s in %s, in different folders", len(ids), name, project),
			"give the number with --pipeline")
	}
	return strconv.FormatInt(ids[0], 10), nil
}
