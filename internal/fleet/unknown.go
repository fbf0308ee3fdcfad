package fleet

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// decideUnknown judges a repository of which the journal knows no good token: a new
// one, one of other people's making, or one whose journal is lost. Names, times of
// creation and the forge's times of writing must do. What they leave open is decided
// so that nothing of anybody else's is overwritten unasked, and no working token of
// this fleet's is revoked before another is in place.
func (f *Fleet) decideUnknown(v view, item *Item) (Action, string) {
	own := f.owned(v)
	switch {
	case !v.statted && len(own) == 0 && !f.Policy.AdoptSecrets && f.Forge.Stater != nil:
		item.ExitCode = int(fault.Service)
		return Unknown, "the forge does not show whether the secret exists"
	case !v.exists() && len(own) > 0:
		return Create, fmt.Sprintf("no secret; %s of an earlier run will retire", console.Count(len(own), "token"))
	case !v.exists():
		return Create, "no secret yet"
	case len(own) == 0 && v.marked() && slices.ContainsFunc(v.places, func(p SeenPlace) bool { return p.Hidden }):
		return Create, "not among the repositories that see the organization's secret yet"
	case len(own) == 0 && v.possible():
		return Rotate, "this tool may have written the secret; its token is gone"
	case len(own) == 0 && f.Policy.AdoptSecrets:
		item.Replace = true
		return Adopt, "a secret of somebody else, to be replaced as asked"
	case len(own) == 0:
		return Foreign, "the secret was not written by this tool; --adopt replaces it"
	}
	newest := own[len(own)-1]
	if f.Policy.Force || !f.holds(v, newest) {
		return Rotate, fmt.Sprintf("ours by the name of token %s, but whether the secret holds it is unclear", newest.Name)
	}
	item.ExpiresAt = newest.ExpiresAt
	if newest.ExpiresAt != nil && newest.ExpiresAt.Sub(v.now) <= f.Policy.RotateWithin {
		return Rotate, expiryReason(*newest.ExpiresAt, v.now)
	}
	// The others of this fleet are older than an hour (see holds), and in no place.
	for i := range item.Tokens {
		t := &item.Tokens[i]
		t.Retire = t.Ours && !t.Stray && t.ID != newest.ID
	}
	return Adopt, "ours by its token's name; taken into the journal"
}

// owned returns the live tokens that carry a name of this fleet, oldest first. One
// whose time the service does not say stays where the service lists it.
func (f *Fleet) owned(v view) []service.Token {
	own := slices.DeleteFunc(slices.Clone(v.tokens), func(t service.Token) bool {
		return !f.ours(v.state.id, t.Name) || v.state.writtenOff(t)
	})
	sort.SliceStable(own, func(i, j int) bool {
		a, b := own[i].CreatedAt, own[j].CreatedAt
		return a != nil && b != nil && a.Before(*b)
	})
	return own
}

// adoptWindow is how soon after a token was made its secret must have been
// written for the two to belong together. A store that took longer, waiting
// for a rate limit, only costs a rotation; a wrong guess would leave a
// repository without a working token.
const adoptWindow = 30 * time.Second

// holds reports whether every place must hold the token, by the forge's time
// of the last write and the service's time of creation. The clocks of the two may
// differ a little, so a place may seem to be written before the token was made.
func (f *Fleet) holds(v view, t service.Token) bool {
	if t.CreatedAt == nil || !v.statted {
		return false
	}
	for _, p := range v.places {
		if !p.Exists || p.UpdatedAt == nil {
			return false
		}
		if gap := p.UpdatedAt.Sub(*t.CreatedAt); gap < -2*time.Second || gap > adoptWindow {
			return false
		}
	}
	return !slices.ContainsFunc(f.owned(v), func(o service.Token) bool {
		// Two tokens made about the same time: two machines were at work.
		return o.ID != t.ID && (o.CreatedAt == nil || o.CreatedAt.After(t.CreatedAt.Add(-time.Hour)))
	})
}
