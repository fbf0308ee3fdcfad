package fleet

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
)

// view is all that is known of one repository when it is decided.
type view struct {
	repo      forge.Repository
	added     bool
	sub       *subject
	tokens    []service.Token
	listed    bool // tokens are all there are
	tokensErr error
	places    []SeenPlace
	statted   bool // places tell what exists
	placeErr  error
	now       time.Time
}

// decide is the heart of the plan. It asks nobody: the same view gives the
// same item.
func (f *Fleet) decide(v view) Item {
	item := Item{Repository: v.repo.Owner + "/" + v.repo.Name, Subject: v.sub.id, ID: v.repo.ID, Places: v.places}
	item.Tokens = f.seen(v)
	say := func(a Action, format string, args ...any) Item {
		item.Action, item.Reason = a, fmt.Sprintf(format, args...)
		if item.Changes() && f.overLimit(v, item) {
			item.Action = OverLimit
			item.Reason = fmt.Sprintf("%d of %d tokens: revoke some first (would be: %s, %s)", len(v.tokens), f.Service.MaxTokens, a, item.Reason)
		}
		return item
	}
	switch {
	case v.repo.Archived:
		return say(Archived, "archived: its secrets cannot be written")
	case v.repo.Disabled:
		return say(Archived, "disabled at the forge")
	case !v.added:
		return say(NotAdded, "not added at %s: add it there first", f.Service.Name)
	case !v.repo.Writable:
		return say(Forbidden, "the credential may not change its secrets")
	case v.tokensErr != nil && denied(v.tokensErr):
		return say(Forbidden, "%v", v.tokensErr)
	case v.placeErr != nil && denied(v.placeErr):
		return say(Forbidden, "%v", v.placeErr)
	case v.tokensErr != nil:
		return say(Unknown, "%v", v.tokensErr)
	case v.placeErr != nil:
		return say(Unknown, "%v", v.placeErr)
	}
	if cur := v.sub.current; cur != nil {
		item.ExpiresAt = cur.expiresAt
	}
	if open := v.sub.unfinished(); len(open) > 0 {
		item.Resume = true
		action, reason := Create, fmt.Sprintf("an earlier run stopped after %q", open[len(open)-1].phase)
		if v.sub.current != nil || v.exists() {
			action = Rotate
		}
		return say(action, "%s", reason)
	}
	if v.sub.current == nil {
		a, reason := f.decideUnknown(v, &item)
		return say(a, "%s", reason)
	}
	a, reason := f.decideKnown(v)
	return say(a, "%s", reason)
}

// overLimit reports whether no further token can be minted, not even after
// the strays are gone.
func (f *Fleet) overLimit(v view, item Item) bool {
	if f.Service.MaxTokens == 0 || f.Service.Minter == nil {
		return false
	}
	n := len(v.tokens)
	for _, t := range item.Tokens {
		if t.Stray {
			n--
		}
	}
	return n >= f.Service.MaxTokens
}

// decideKnown judges a repository whose token the journal knows.
func (f *Fleet) decideKnown(v view) (Action, string) {
	cur := v.sub.current
	if cur.gone || cur.leaked {
		return Rotate, "its token was revoked"
	}
	if f.Service.Minter == nil {
		if cur.id != f.givenID() {
			return Rotate, "another token is to be handed out"
		}
	} else if v.listed && !slices.ContainsFunc(v.tokens, func(t service.Token) bool { return t.ID == cur.id }) {
		return Rotate, "its token was deleted at " + f.Service.Name
	}
	for _, p := range v.places {
		if v.statted && !p.Exists {
			return Rotate, "the secret is missing from " + p.Place
		}
	}
	for _, p := range f.Policy.Places {
		seen := stat(v.places, p)
		if _, ours := cur.stored[p.String()]; !ours && len(cur.stored) > 0 {
			return Rotate, "not stored in " + p.String() + " yet"
		}
		if seen != nil && seen.UpdatedAt != nil && v.sub.changed(p, *seen.UpdatedAt) && !f.Policy.KeepDrift {
			return Rotate, fmt.Sprintf("changed in %s at %s, not by us", p, seen.UpdatedAt.Format(time.RFC3339))
		}
	}
	if r := f.rivalOf(v); r != "" {
		return Rotate, r
	}
	switch {
	case f.Policy.Force:
		return Rotate, "asked for"
	case cur.expiresAt != nil && cur.expiresAt.Sub(v.now) <= f.Policy.RotateWithin:
		return Rotate, expiryReason(*cur.expiresAt, v.now)
	case f.Policy.MaxAge > 0 && !cur.mintedAt.IsZero() && v.now.Sub(cur.mintedAt) >= f.Policy.MaxAge:
		return Rotate, fmt.Sprintf("%s old", days(v.now.Sub(cur.mintedAt)))
	}
	if cur.expiresAt != nil {
		return Keep, "good until " + cur.expiresAt.Format(time.DateOnly)
	}
	return Keep, "in order"
}

// rivalOf says that another machine works on the same repository, or "".
func (f *Fleet) rivalOf(v view) string {
	cur := v.sub.current
	var own service.Token
	for _, t := range v.tokens {
		if t.ID == cur.id {
			own = t
		}
	}
	for _, t := range v.tokens {
		if f.rival(v.sub, cur, own, t) {
			return fmt.Sprintf("another run made token %s since: which one the secret holds is unclear", t.Name)
		}
	}
	return ""
}

// rival reports whether t carries a name of this fleet, is not in the journal,
// and was not certainly made before the current token. own is the current
// token as the service lists it.
func (f *Fleet) rival(sub *subject, cur *token, own, t service.Token) bool {
	if _, ours := f.ours(sub.id, t.Name); !ours || t.ID == cur.id || sub.knows(t.ID) || sub.writtenOff(t.Name) {
		return false
	}
	if t.CreatedAt == nil {
		return true
	}
	if own.CreatedAt != nil {
		return !t.CreatedAt.Before(*own.CreatedAt)
	}
	return t.CreatedAt.After(cur.mintedAt.Add(-tolerance))
}

// decideUnknown judges a repository of which the journal knows no good token.
func (f *Fleet) decideUnknown(v view, item *Item) (Action, string) {
	own := f.owned(v)
	switch {
	case !v.statted && len(own) == 0 && !f.Policy.AdoptSecrets && f.Forge.Stater != nil:
		return Unknown, "the forge does not tell whether the secret exists"
	case !v.exists() && len(own) > 0:
		return Create, fmt.Sprintf("no secret; %s of an earlier run will retire", plural(len(own), "token"))
	case !v.exists():
		return Create, "no secret yet"
	case v.sub.wrote() && len(own) == 0:
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
	for i := range item.Tokens {
		t := &item.Tokens[i]
		t.Retire = t.Ours && !t.Stray && t.ID != newest.ID
	}
	return Adopt, "ours by its token's name; taken into the journal"
}

// owned gives the live tokens that carry a name of this fleet, oldest first.
func (f *Fleet) owned(v view) []service.Token {
	var own []service.Token
	for _, t := range v.tokens {
		if _, ours := f.ours(v.sub.id, t.Name); ours && !v.sub.writtenOff(t.Name) {
			own = append(own, t)
		}
	}
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
// of the last write and the service's time of creation.
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

func (v view) exists() bool {
	return slices.ContainsFunc(v.places, func(p SeenPlace) bool { return p.Exists })
}

func stat(places []SeenPlace, p Place) *SeenPlace { return Item{Places: places}.stat(p) }

// seen turns the service's list into the plan's: whose each token is, and
// what becomes of it once another is in place.
func (f *Fleet) seen(v view) []SeenToken {
	var out []SeenToken
	for _, t := range v.tokens {
		s := SeenToken{ID: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt}
		_, named := f.ours(v.sub.id, t.Name)
		switch {
		case v.sub.writtenOff(t.Name):
			s.Ours, s.Stray = true, true
		case v.sub.knows(t.ID):
			s.Ours = true
		case named:
			s.Ours, s.Retire = true, true
		case f.adopts(t.Name):
			s.Retire = true
		}
		if f.Service.TenantWide && !s.Ours && !s.Retire {
			continue // other repositories' tokens
		}
		out = append(out, s)
	}
	return out
}

func (f *Fleet) adopts(name string) bool {
	return slices.ContainsFunc(f.Policy.AdoptTokens, func(glob string) bool {
		ok, _ := doublestar.Match(glob, name)
		return ok
	})
}
