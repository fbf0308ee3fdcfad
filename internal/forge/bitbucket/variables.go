package bitbucket

import (
	"context"
	"net/url"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// variable is what is read of a pipeline variable. The value of one that is not
// secured is not taken in.
type variable struct {
	UUID    string `json:"uuid" rest:"required"`
	Key     string `json:"key" rest:"required"`
	Secured bool   `json:"secured"`
}

func (v variable) forge() forge.Stat {
	scope := "plain text"
	if v.Secured {
		scope = "secured"
	}
	return forge.Stat{Name: v.Key, Scope: scope}
}

// find looks a variable up by its key, since Bitbucket knows it by its id; nil
// if it is not there.
func (c *Client) find(ctx context.Context, ref forge.Ref, list string) (*variable, error) {
	for v, err := range pages[variable](ctx, c, rest.Request{Op: ref.Op("look for"), Path: list}) {
		if err != nil {
			return nil, err
		}
		if v.Key == ref.Name {
			return &v, nil
		}
	}
	return nil, nil
}

// tries is how often a Put looks again after somebody else, or a lost answer of
// its own, has changed what it found.
const tries = 3

// Put finds the variable by key and writes it by id, or makes it. What another
// job does in between leads to another look.
func (c *Client) Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error) {
	list, item, err := c.locate(ctx, ref)
	if err != nil {
		return 0, err
	}
	lost := false // a creation whose answer was lost
	for try := 1; ; try++ {
		old, err := c.find(ctx, ref, list)
		if err != nil {
			return 0, rest.AfterLost(lost, err)
		}
		r := rest.Request{Op: ref.Op("store"), Method: "POST", Path: list, JSON: map[string]any{"key": ref.Name, "value": value.Expose(), "secured": true}}
		if old != nil {
			r.Method, r.Path = "PUT", item+rest.Path(old.UUID)
		}
		var now variable
		err = c.call(ctx, r, &now)
		switch status := rest.Status(err); {
		case err == nil && now.Key != ref.Name:
			return 0, fault.Errorf(fault.Service, "%s: the answer names the variable %q", r.Op, now.Key)
		case err == nil:
			return forge.WrittenOver(old != nil && !lost), nil
		case try < tries && old == nil && (status == 409 || rest.Ambiguous(err)):
			lost = lost || rest.Ambiguous(err)
		case try < tries && old != nil && status == 404: // deleted in between
		default:
			return 0, rest.AfterLost(lost, err)
		}
	}
}

// Delete removes a variable; one that is already gone is no error.
func (c *Client) Delete(ctx context.Context, ref forge.Ref) error {
	list, item, err := c.locate(ctx, ref)
	if err != nil {
		return err
	}
	old, err := c.find(ctx, ref, list)
	if err != nil || old == nil {
		return err
	}
	err = c.call(ctx, rest.Request{Op: ref.Op("delete"), Method: "DELETE", Path: item + rest.Path(old.UUID)}, nil)
	return forge.Deleted(ctx, c, ref, err)
}

// Stat looks at one variable; Bitbucket does not say when it was written.
func (c *Client) Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error) {
	list, _, err := c.locate(ctx, ref)
	if err != nil {
		return forge.Stat{}, err
	}
	v, err := c.find(ctx, ref, list)
	if err != nil {
		return forge.Stat{}, err
	}
	if v == nil {
		return forge.Stat{}, ref.Missing()
	}
	return v.forge(), nil
}

// List lists the variables of a place.
func (c *Client) List(ctx context.Context, ref forge.Ref) ([]forge.Stat, error) {
	list, _, err := c.place(ctx, ref)
	if err != nil {
		return nil, err
	}
	all := pages[variable](ctx, c, rest.Request{Op: "list the variables of " + ref.String(), Path: list})
	return rest.Collect(all, func(v variable) (forge.Stat, bool) { return v.forge(), true })
}

// CanWrite reads the variables, which takes the same scope as writing them.
func (c *Client) CanWrite(ctx context.Context, ref forge.Ref) error {
	if ref.Name != "" {
		if err := checkName(ref.Name); err != nil {
			return err
		}
	}
	list, _, err := c.place(ctx, ref)
	if err != nil {
		return err
	}
	return c.call(ctx, rest.Request{Op: "look at the variables of " + ref.String(), Path: list, Query: url.Values{"pagelen": {"1"}}}, nil)
}
