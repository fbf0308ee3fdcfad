package forge

import (
	"context"

	"github.com/gatewright/gatewright/internal/secret"
)

// Sharer is the capability of forges whose owners' secrets are seen by chosen
// repositories only. The references have no repository.
type Sharer interface {
	// Audience returns who sees the secret; fs.ErrNotExist if there is none.
	Audience(ctx context.Context, ref Ref) (Audience, error)
	// PutFor is a Put of a secret that these repositories are to see, besides those
	// that do. It narrows nothing: who saw the secret before still does, and a
	// visibility that is no selection stays as it is.
	PutFor(ctx context.Context, ref Ref, value secret.Value, to []Repository) (Written, error)
}

// Audience is who sees an owner's secret.
type Audience struct {
	Visibility string          // all, private or selected
	IDs        map[string]bool // of the repositories that are selected
}

// Has reports whether the repository sees the secret.
func (a Audience) Has(r Repository) bool {
	switch a.Visibility {
	case "selected":
		return a.IDs[r.ID]
	case "private":
		return r.Visibility != "public"
	default:
		return true
	}
}
