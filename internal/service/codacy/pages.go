package codacy

import (
	"context"
	"maps"
	"net/url"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// collect reads a list to its last page, which is the one without a cursor.
// Cursors are opaque. A page may hold more than was asked for. A cursor that
// comes back a second time would go round for ever, and is an error.
func collect[T any](ctx context.Context, rc *rest.Client, r rest.Request, paged bool) ([]T, error) {
	query := url.Values{}
	maps.Copy(query, r.Query)
	if paged {
		query.Set("limit", "100")
	}
	seen := map[string]bool{}
	var out []T
	for {
		var page struct {
			Data       []T `json:"data" rest:"required"`
			Pagination *struct {
				Cursor string `json:"cursor"`
			} `json:"pagination"`
		}
		r.Query = query
		if _, err := rc.Call(ctx, r, &page); err != nil {
			return nil, err
		}
		out = append(out, page.Data...)
		if !paged || page.Pagination == nil || page.Pagination.Cursor == "" {
			return out, nil
		}
		cursor := page.Pagination.Cursor
		if seen[cursor] {
			return nil, fault.Errorf(fault.Service, "%s: Codacy gave the same page twice", r.Op)
		}
		seen[cursor] = true
		query.Set("cursor", cursor)
	}
}
