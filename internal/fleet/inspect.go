package fleet

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/service"
)

// inspector returns the function that asks service and forge about one repository.
func (f *Fleet) inspector(ctx context.Context, h *history) (func(context.Context, *view), error) {
	common, err := f.common(ctx, h)
	if err != nil {
		return nil, err
	}
	var tenant []service.Token
	listed := f.Service.Tokens != nil
	if listed && f.Service.Issue.TenantWide {
		tenant, err = f.Service.Tokens.Tokens(ctx, service.Scope{})
		if unsupported(err) {
			listed = false
		} else if err != nil {
			return nil, err
		}
	}
	return func(ctx context.Context, v *view) {
		switch {
		case v.add: // it has none yet
		case listed && f.Service.Issue.TenantWide:
			v.tokens, v.listed = tenant, true
		case listed:
			v.tokens, v.tokensErr = f.Service.Tokens.Tokens(ctx, f.scopeOf(v.repo))
			v.listed = v.tokensErr == nil
			if unsupported(v.tokensErr) {
				v.tokensErr = nil
			}
		}
		if v.tokensErr == nil && !v.closed() {
			f.inspect(ctx, v, common)
		}
	}, nil
}

// inspect asks the forge about every place.
func (f *Fleet) inspect(ctx context.Context, v *view, common map[Place]commonPlace) {
	if f.Forge.Stater == nil {
		return
	}
	v.statted = true
	for _, p := range f.Policy.Places {
		if at, ok := common[p]; ok {
			if v.placeErr = at.show(v); v.placeErr != nil {
				return
			}
			continue
		}
		st, err := f.Forge.Stater.Stat(ctx, p.ref(v.repo, f.Policy.Secret))
		seen := SeenPlace{Place: p.String(), Exists: err == nil, Marked: st.Ours}
		switch {
		case unsupported(err):
			v.statted = false
			continue
		case err != nil && !missing(err):
			v.placeErr = fmt.Errorf("look at %s: %w", p, err)
			return
		case err == nil && !st.UpdatedAt.IsZero():
			at := st.UpdatedAt.UTC()
			seen.UpdatedAt = &at
		}
		v.places = append(v.places, seen)
	}
}
