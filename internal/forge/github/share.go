package github

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strconv"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
)

// Audience returns who sees an organization secret.
func (c *Client) Audience(ctx context.Context, ref forge.Ref) (forge.Audience, error) {
	now, err := c.Stat(ctx, ref)
	if err != nil || now.Scope != "selected" {
		return forge.Audience{Visibility: now.Scope}, err
	}
	ids, err := c.selected(ctx, ref)
	if err != nil {
		return forge.Audience{}, err
	}
	a := forge.Audience{Visibility: now.Scope, IDs: map[string]bool{}}
	for _, id := range ids {
		a.IDs[strconv.FormatInt(id, 10)] = true
	}
	return a, nil
}

// PutFor writes an organization secret that these repositories see, too. A new
// one is selected for them; one that is seen by all, or by all private ones,
// stays so.
func (c *Client) PutFor(ctx context.Context, ref forge.Ref, value secret.Value, to []forge.Repository) (forge.Written, error) {
	return c.put(ctx, ref, value, func(ctx context.Context, ref forge.Ref) (string, *[]int64, error) {
		a, err := c.Audience(ctx, ref)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			a = forge.Audience{Visibility: "selected"}
		case err != nil:
			return "", nil, err
		case a.Visibility != "selected":
			return a.Visibility, nil, nil
		}
		all := map[string]bool{}
		maps.Copy(all, a.IDs)
		for _, r := range to {
			all[r.ID] = true
		}
		ids := []int64{}
		for _, text := range slices.Sorted(maps.Keys(all)) {
			id, err := strconv.ParseInt(text, 10, 64)
			if err != nil {
				return "", nil, fault.Errorf(fault.Input, "store %s in %s: repository id %q is no number", ref.Name, ref, text)
			}
			ids = append(ids, id)
		}
		return a.Visibility, &ids, nil
	})
}
