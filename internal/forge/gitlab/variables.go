package gitlab

import (
	"context"
	"errors"
	"io/fs"
	"net/url"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// variable is what is read of a CI variable; its value, which GitLab sends too,
// is not.
type variable struct {
	Key         string            `json:"key" rest:"required"`
	Scope       string            `json:"environment_scope"`
	Protected   bool              `json:"protected"`
	Masked      bool              `json:"masked"`
	Hidden      bool              `json:"hidden"`
	Type        string            `json:"variable_type"`
	Description forge.Description `json:"description"` // since 16.2
}

func (v variable) forge() forge.Stat {
	s := forge.Stat{Name: v.Key, Scope: v.Scope}
	v.Description.Mark(&s)
	var notes []string
	if v.Protected {
		notes = append(notes, "protected: jobs of merge requests and of unprotected branches do not see it")
	}
	if v.Type == "file" {
		notes = append(notes, "a file: jobs see a path where they expect the value; delete the variable and store it again")
	}
	s.Note = strings.Join(notes, "; ")
	return s
}

// update is the body of a PUT. What it leaves out stays as it is.
type update struct {
	Value       string `json:"value"`
	Raw         bool   `json:"raw"` // a "$" in a token is a "$"
	Masked      bool   `json:"masked,omitempty"`
	Protected   bool   `json:"protected,omitempty"`
	Description string `json:"description,omitempty"`
}

// creation is the body of a POST.
type creation struct {
	update
	Key    string `json:"key"`
	Scope  string `json:"environment_scope"`
	Hidden bool   `json:"masked_and_hidden,omitempty"`
}

func (c *Client) update(value secret.Value) update {
	return update{
		Value: value.Expose(), Raw: true, Description: forge.Mark,
		Masked: c.options.Masked || c.options.Hidden, Protected: c.options.Protected,
	}
}

// Put updates the variable, or makes it if it is not there. GitLab has no call
// for both, so whatever another job does in between leads to one more try.
func (c *Client) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	at, err := locate(ref)
	if err != nil {
		return 0, err
	}
	if err := c.check(ref, value); err != nil {
		return 0, err
	}
	all, _ := place(ref) // locate has looked at it
	body := c.update(value)
	put := rest.Request{Op: ref.Op("store"), Method: "PUT", Path: at, Query: filter(ref), JSON: body}
	post := rest.Request{Op: ref.Op("create"), Method: "POST", Path: all, JSON: creation{update: body, Key: ref.Name, Scope: scope(ref), Hidden: c.options.Hidden}}
	recreated, err := c.makeWay(ctx, ref)
	if err != nil {
		return 0, err
	}
	lost := false // a creation whose answer was lost
	for try := 0; ; try++ {
		err := c.store(ctx, ref, put)
		if rest.Status(err) != 404 {
			return forge.WrittenOver(!lost && !recreated), rest.AfterLost(lost, err)
		}
		if err = c.store(ctx, ref, post); err == nil {
			return forge.WrittenOver(recreated), nil
		}
		// 400 is "has already been taken": somebody was faster, perhaps we.
		again := rest.Ambiguous(err) || c.taken(ctx, ref, err)
		lost = lost || rest.Ambiguous(err)
		if try > 0 || !again {
			return 0, rest.AfterLost(lost, err)
		}
	}
}

// makeWay deletes a variable that cannot be made hidden otherwise.
func (c *Client) makeWay(ctx context.Context, ref forge.Ref) (bool, error) {
	if !c.options.Hidden {
		return false, nil
	}
	change, err := c.Plan(ctx, ref)
	if err != nil || change != forge.Recreate {
		return false, err
	}
	return true, c.Delete(ctx, ref)
}

// store sends a PUT or POST and believes only an answer that names the variable
// (a sign-in page comes with a 200 too) and its scope. GitLab Free stores a
// group's variable of one environment for every environment and answers 201:
// such a variable is deleted again.
func (c *Client) store(ctx context.Context, ref forge.Ref, r rest.Request) error {
	var v variable
	if _, err := c.rest.Call(ctx, r, &v); err != nil {
		return err
	}
	switch {
	case v.Key != ref.Name:
		return fault.Errorf(fault.Service, "%s: the answer names the variable %q", r.Op, v.Key)
	case v.Scope == scope(ref), v.Scope == "" && ref.Environment == "":
		return nil
	}
	err := fault.Errorf(fault.Input, "%s: GitLab stored it for the environments %q", r.Op, v.Scope)
	hint := "environments of group variables need GitLab Premium: leave --env out, or store the variable in each project"
	if r.Method != rest.MethodPost {
		return fault.WithHint(err, "the variable now holds the new value for all of them; %s", hint)
	}
	stored := ref
	stored.Environment = v.Scope
	if undo := c.Delete(ctx, stored); undo != nil {
		return fault.WithHint(fault.Errorf(fault.Input, "%w, and deleting it again: %w", err, undo), "delete it by hand; %s", hint)
	}
	return fault.WithHint(fault.Errorf(fault.Input, "%w; it was deleted again", err), "%s", hint)
}

// taken reports whether a creation was refused because the variable is there by now.
func (c *Client) taken(ctx context.Context, ref forge.Ref, err error) bool {
	if rest.Status(err) != 400 {
		return false
	}
	_, err = c.look(ctx, ref)
	return err == nil
}

// look reads one variable. fs.ErrNotExist is the variable, not its project.
func (c *Client) look(ctx context.Context, ref forge.Ref) (variable, error) {
	var v variable
	at, err := locate(ref)
	if err != nil {
		return v, err
	}
	_, err = c.rest.Call(ctx, rest.Request{Op: ref.Op("look at"), Path: at, Query: filter(ref)}, &v)
	if rest.Status(err) != 404 {
		return v, err
	}
	if err := c.exists(ctx, ref); err != nil {
		return v, err
	}
	return v, ref.Missing()
}

// exists asks whether the variables of the place may be read.
func (c *Client) exists(ctx context.Context, ref forge.Ref) error {
	at, err := place(ref)
	if err != nil {
		return err
	}
	_, err = c.rest.Call(ctx, rest.Request{Op: "look at the variables of " + ref.String(), Path: at, Query: url.Values{"per_page": {"1"}}}, nil)
	return err
}

// Delete removes a variable; one that is already gone is no error.
func (c *Client) Delete(ctx context.Context, ref forge.Ref) error {
	at, err := locate(ref)
	if err != nil {
		return err
	}
	_, err = c.rest.Call(ctx, rest.Request{Op: ref.Op("delete"), Method: "DELETE", Path: at, Query: filter(ref)}, nil)
	return forge.Deleted(ctx, c, ref, err)
}

// Plan returns what a Put would do. A variable becomes hidden only by being
// deleted and made anew.
func (c *Client) Plan(ctx context.Context, ref forge.Ref) (forge.Change, error) {
	v, err := c.look(ctx, ref)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return forge.Create, nil
	case err != nil:
		return "", err
	case c.options.Hidden && !v.Hidden:
		return forge.Recreate, nil
	default:
		return forge.Replace, nil
	}
}

// Stat looks at one variable; GitLab does not say when it was written.
func (c *Client) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	v, err := c.look(ctx, ref)
	return v.forge(), err
}

// List lists the variables of a place; without an environment those of all scopes.
func (c *Client) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	at, err := place(ref)
	if err != nil {
		return nil, err
	}
	all := pages[variable](ctx, c, rest.Request{Op: "list the variables of " + ref.String(), Path: at})
	return rest.Collect(all, func(v variable) (forge.Stat, bool) {
		return v.forge(), ref.Environment == "" || v.Scope == ref.Environment
	})
}

// CanWrite reads the variables, which takes the same role as writing them, and
// looks at the project's state unless a listing has shown it.
func (c *Client) CanWrite(ctx context.Context, ref forge.Ref) error {
	if ref.Name != "" {
		if _, err := locate(ref); err != nil {
			return err
		}
	}
	if ref.Repo != "" {
		p, err := c.project(ctx, ref.Owner, ref.Repo)
		if err != nil {
			return err
		}
		if err := p.writable(); err != nil {
			return err
		}
		if p.noCI() {
			return fault.WithHint(fault.Errorf(fault.Auth, "CI/CD is switched off in %s, and with it its variables", p.name()), "switch it on, under Settings, General, Visibility, or leave the project out")
		}
	}
	return c.exists(ctx, ref)
}
