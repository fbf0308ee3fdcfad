package azuredevops

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// container is a thing whose variables are read and written all at once: a
// variable group or a pipeline. Variables of others are kept as they came, so
// that fields unknown here survive; a secret comes as null, and null sent back
// keeps it.
type container struct {
	vars map[string]json.RawMessage
	// save writes the whole back, and returns what the server has then.
	save       func(ctx context.Context, op string, vars map[string]json.RawMessage) (map[string]json.RawMessage, error)
	made       bool   // by this save: it is not there yet
	shared     bool   // several projects read it
	repository string // id of the one it is made for; "" if it is no one's
}

// containerName is the variable group's or pipeline's: the one that is named, or
// the one with the repository's name. Without a word a variable group is meant.
func containerName(ref forge.Ref) (string, error) {
	switch {
	case !slices.Contains([]forge.Store{"", forge.Actions, forge.Group, forge.Pipeline}, ref.Store):
		return "", fault.Errorf(fault.Input, "Azure DevOps has no secret store %q; known: group, pipeline", ref.Store)
	case ref.Environment != "":
		return "", fault.Errorf(fault.Input, "variables of Azure DevOps have no environment; name a variable group for each")
	case ref.Holder == "" && ref.Repo == "":
		return "", fault.WithHint(fault.Errorf(fault.Input, "which variable group or pipeline of %s?", ref.Owner), "name it with --group or --pipeline")
	}
	return cmp.Or(ref.Holder, ref.Repo), nil
}

// checkName refuses, before any request, names that pipelines cannot use.
func checkName(name string) error {
	if name == "" {
		return fault.Errorf(fault.Input, "the variable has no name")
	}
	if strings.ContainsFunc(name, func(r rune) bool { return r != '.' && !forge.IsWord(r) }) {
		return fault.Errorf(fault.Input, "variable name %q: use letters, digits, dots and underscores", name)
	}
	lower := strings.ToLower(name)
	for _, reserved := range []string{"agent.", "build.", "release.", "system.", "endpoint", "input", "secret", "path", "securefile"} {
		if lower == reserved || strings.HasSuffix(reserved, ".") && strings.HasPrefix(lower, reserved) {
			return fault.Errorf(fault.Input, "variable name %q: Azure Pipelines keeps %q for itself", name, reserved)
		}
	}
	return nil
}

// open reads the container that the reference means. One that is not there is an
// fs.ErrNotExist, unless it can be made.
func (c *Client) open(ctx context.Context, ref forge.Ref) (*container, error) {
	name, err := containerName(ref)
	if err != nil {
		return nil, err
	}
	project, err := c.project(ref.Owner)
	if err != nil {
		return nil, err
	}
	if ref.Store == forge.Pipeline {
		return c.openPipeline(ctx, project, name)
	}
	h, err := c.openGroup(ctx, project, name)
	if err == nil && h.made && ref.Holder == "" {
		h.repository, err = c.exists(ctx, project, ref.Repo) // no group is made for a repository that is not there
	}
	return h, err
}

// find returns a variable's name as it is spelt there: names do not differ by case.
func (h *container) find(name string) (string, bool) {
	for have := range h.vars {
		if strings.EqualFold(have, name) {
			return have, true
		}
	}
	return name, false
}

// Put reads the container, changes the one variable and writes all back. Writers
// of this process take turns; a pipeline that somebody else has changed in
// between is read again. Flags of a variable that is there are kept.
func (c *Client) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	var written forge.Written
	err := c.change(ctx, ref, "store", func(h *container) (bool, error) {
		name, there := h.find(ref.Name)
		if written != forge.Created { // by a try whose answer was lost
			written = forge.WrittenOver(there)
		}
		var v map[string]any
		if json.Unmarshal(h.vars[name], &v) != nil || v == nil { // none, null, or no variable
			v = map[string]any{}
		}
		v["value"], v["isSecret"] = value.Expose(), true
		enc, err := json.Marshal(v)
		h.vars[name] = enc
		return true, err
	})
	return written, err
}

// Delete takes the one variable out; one that is already gone is no error.
func (c *Client) Delete(ctx context.Context, ref forge.Ref) error {
	return c.change(ctx, ref, "delete", func(h *container) (bool, error) {
		name, there := h.find(ref.Name)
		delete(h.vars, name)
		return there, nil
	})
}

// conflicts is how often a change starts again because somebody else was faster.
const conflicts = 5

// change does read, modify and write in one turn. edit reports whether there is
// anything to write.
func (c *Client) change(ctx context.Context, ref forge.Ref, verb string, edit func(*container) (bool, error)) error {
	if err := checkName(ref.Name); err != nil {
		return err
	}
	name, err := containerName(ref)
	if err != nil {
		return err
	}
	op := ref.Op(verb)
	give, err := c.turns.Take(ctx, fmt.Sprint(ref.Store == forge.Pipeline, ref.Owner, name))
	if err != nil {
		return err
	}
	defer give()
	lost := false // a write whose answer was lost
	for try := 1; ; try++ {
		h, err := c.open(ctx, ref)
		if err != nil {
			return rest.AfterLost(lost, fmt.Errorf("%s: %w", op, err))
		}
		needed, err := edit(h)
		if err != nil || !needed {
			return err
		}
		now, err := h.save(ctx, op, h.vars)
		switch {
		case (rest.Status(err) == 409 || h.made && rest.Ambiguous(err)) && try < conflicts:
			lost = lost || !rest.Refused(err)
			continue // changed or made in between, perhaps by ourselves
		case err != nil:
			return rest.AfterLost(lost, err)
		}
		return complete(op, h.vars, now)
	}
}

// complete checks that the answer to a write names every variable sent.
func complete(op string, sent, now map[string]json.RawMessage) error {
	for name := range sent {
		if _, ok := now[name]; !ok {
			return fault.Errorf(fault.Service, "%s: Azure DevOps answered without the variable %s", op, name)
		}
	}
	return nil
}

// Stat looks at one variable; Azure DevOps does not say when it was written.
func (c *Client) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	if err := checkName(ref.Name); err != nil {
		return forge.Stat{}, err
	}
	h, err := c.open(ctx, ref)
	if err != nil {
		return forge.Stat{}, fmt.Errorf("%s: %w", ref.Op("look at"), err)
	}
	name, there := h.find(ref.Name)
	if !there {
		return forge.Stat{}, ref.Missing()
	}
	return stat(name, h.vars[name]), nil
}

func stat(name string, raw json.RawMessage) forge.Stat {
	var v struct {
		IsSecret bool `json:"isSecret"`
	}
	scope := "plain text"
	if json.Unmarshal(raw, &v) == nil && v.IsSecret {
		scope = "secret"
	}
	return forge.Stat{Name: name, Scope: scope}
}

// List lists the variables of the group or pipeline, by name.
func (c *Client) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	h, err := c.open(ctx, ref)
	if err != nil {
		return nil, fmt.Errorf("list the variables of %s: %w", ref, err)
	}
	out := []forge.Stat{}
	for _, name := range slices.Sorted(maps.Keys(h.vars)) {
		out = append(out, stat(name, h.vars[name]))
	}
	return out, nil
}

// CanWrite reads the group or pipeline: whether it can be written too, only a write shows.
func (c *Client) CanWrite(ctx context.Context, ref forge.Ref) error {
	if ref.Name != "" {
		if err := checkName(ref.Name); err != nil {
			return err
		}
	}
	_, err := c.open(ctx, ref)
	if errors.Is(err, fs.ErrNotExist) {
		return fault.As(fault.Input, err)
	}
	return err
}
