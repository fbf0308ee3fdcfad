package fleet

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// decide is the heart of the plan. It asks nobody: from the same view follows the
// same item. Where two things are true of a repository the one that is worse to
// overlook comes first: that it cannot be worked on, that an earlier run left
// something on its way, and only then whether its token is still good.
func (f *Fleet) decide(v view) Item {
	item := Item{Repository: fullName(v.repo), Subject: v.state.id, ID: v.repo.ID, Places: v.places}
	item.Tokens, item.Retiring = f.seen(v), f.retiring(v.state)
	if cur := v.state.inUse(); cur != nil {
		item.ExpiresAt = cur.expiresAt
	}
	if f.unaccounted(v, &item) {
		return item
	}
	say := func(a Action, reason string) Item {
		// The token that the journal knows went with the repository's entry there.
		if v.add && a == Keep {
			a, reason = Rotate, "no longer added at "+f.Service.Name
		}
		for _, d := range item.Retiring {
			reason += d.clause()
		}
		item.Action, item.Reason = a, reason
		if item.Add = v.add && item.Changes(); item.Add {
			item.Reason += "; added at " + f.Service.Name + " first"
		}
		if item.Changes() && f.overLimit(v) {
			item.refuse(OverLimit, fault.Input, fmt.Sprintf("%d of %d tokens, and none of them is ours to revoke now (would be: %s, %s)", len(v.tokens), f.Service.Issue.Max, a, reason))
			item.Hint = "`gatewright fleet revoke " + item.Repository + "` ends all that are this fleet's and puts a new one in place; or revoke some with `gatewright token revoke`, or let the fleet retire them with --adopt-token"
		}
		return item
	}
	// Work on its way is gone on with before anything is judged: which token is the
	// current one is known only when it has ended.
	if open := v.state.unfinished(); len(open) > 0 {
		if v.intruded() && !f.Policy.AdoptSecrets {
			return say(Foreign, "the secret was written by somebody else since an earlier run stopped; --adopt replaces it")
		}
		item.Resume = true
		action, reason := Create, fmt.Sprintf("an earlier run stopped after %q", open[len(open)-1].phase)
		if v.state.current != nil || v.exists() {
			action = Rotate
		}
		return say(action, reason)
	}
	if v.state.current == nil {
		return say(f.decideUnknown(v, &item))
	}
	known := say(f.decideKnown(v))
	// Beside somebody else's secret there is one of ours, or a token that no place has.
	if known.Action == Foreign && (v.state.inUse() != nil || slices.ContainsFunc(v.places, func(p SeenPlace) bool { return p.Exists && !p.foreign(v.state) })) {
		known.refuse(Foreign, fault.Input, known.Reason+", and until then nobody rotates its token")
		known.Hint = "say --adopt, or take the place out of the fleet"
	}
	return known
}

// refuse makes the item one that is left alone, for a reason that the exit code
// names; kind is fault.OK where nothing is amiss.
func (i *Item) refuse(a Action, kind fault.Kind, reason string) {
	i.Action, i.Reason, i.ExitCode = a, reason, int(kind)
}

// unaccounted decides what cannot be worked on, and reports whether it did. Only
// what was looked at, and may stay as it is, counts as fine. A live token of such a
// repository is always named: nobody will rotate it. The listing's own answers come
// before those of later requests, which are not even sent where it says no.
func (f *Fleet) unaccounted(v view, item *Item) bool {
	lives := ""
	if n := v.state.living(); n > 0 {
		lives = fmt.Sprintf("; the journal knows %s of it", console.Count(n, "live token"))
	}
	switch err := cmp.Or(v.tokensErr, v.placeErr); {
	case v.absent:
		item.refuse(Unknown, fault.Input, "named, and not listed by the forge")
		item.Hint = "check its name, and what the credential may see"
	case v.vanished:
		item.refuse(Vanished, fault.Input, "no longer listed by the forge: deleted, moved away, or hidden from the credential"+lives)
		item.Hint = "`gatewright fleet remove " + item.Repository + " --vanished` revokes its tokens; if it is still there, let the credential see it"
		if v.state.told() {
			item.ExitCode, item.Hint = int(fault.OK), "revoke it at "+f.Service.Name+" by hand, unless other repositories share it"
		}
	case v.repo.Archived, v.repo.Disabled, v.noPlace:
		reason := "archived: its secrets cannot be written"
		if v.noPlace {
			reason = "its CI is switched off: it has no secrets"
		}
		if v.repo.Disabled {
			reason = "disabled at the forge"
		}
		item.refuse(Archived, fault.OK, reason+lives)
		if lives != "" {
			item.Hint = "`gatewright fleet remove " + item.Repository + "` revokes its tokens"
		}
	case !v.added:
		kind := fault.OK
		if lives != "" {
			kind = fault.Input
		}
		item.refuse(NotAdded, kind, fmt.Sprintf("not added at %s: add it there first%s", f.Service.Name, lives))
		if f.Service.Adder != nil {
			item.Hint = "--add-missing adds repositories at " + f.Service.Name
		}
	case !v.repo.Writable:
		item.refuse(Forbidden, fault.Auth, "the credential may not change its secrets"+lives)
		item.Hint = "give the credential write access to its secrets, or leave it out with --exclude"
	case err != nil:
		a := Unknown
		if denied(err) {
			a = Forbidden
		}
		item.refuse(a, fault.Of(err), oneLine(err)+lives)
		item.Hint = fault.Hint(err)
	default:
		return false
	}
	return true
}

// overLimit reports whether no further token can be minted, not even after
// those are gone that nobody holds or whose time is over. makeRoom ends just these.
func (f *Fleet) overLimit(v view) bool {
	if f.Service.Issue.Max == 0 || f.Service.Minter == nil {
		return false
	}
	n := len(v.tokens)
	for _, t := range v.tokens {
		if f.spare(v.state, t, v.places) {
			n--
		}
	}
	return n >= f.Service.Issue.Max
}

// decideKnown judges a repository whose token the journal knows. The journal may be
// wrong in two ways: it was forged or mixed up, so the service must show the same
// name; or it is an older copy, so what the service and the forge show since must
// not contradict it. A doubt costs a rotation, a wrong Keep a repository without a
// working token.
func (f *Fleet) decideKnown(v view) (Action, string) {
	cur := v.state.current
	switch own, found := v.token(cur.id); {
	case f.alien(v) != "":
		return Foreign, "the secret in " + f.alien(v) + " was not written by this tool; --adopt replaces it"
	case cur.gone:
		return Rotate, "its token was revoked"
	case cur.leaked:
		return Rotate, "its token leaked"
	case f.Service.Minter == nil && cur.id != f.givenID():
		return Rotate, "another token is to be handed out"
	case f.Service.Minter != nil && v.listed && !found:
		return Rotate, "its token was deleted at " + f.Service.Name
	case found && own.Name != "" && !f.claims(v.state.id, own.Name):
		return Rotate, fmt.Sprintf("the journal calls token %s ours, and it is named %q", own.ID, own.Name)
	}
	// A place that lacks the secret needs a token of a known value, and the current
	// one's is known to nobody any more: it is replaced in all places.
	for _, p := range v.places {
		if v.statted && !p.Exists {
			return Rotate, "the secret is missing from " + p.Place
		}
		if p.Hidden {
			return Rotate, "not among the repositories that see the secret of the " + p.Place
		}
	}
	drift := ""
	for _, p := range f.Policy.Places {
		if _, ours := cur.stored[p.String()]; !ours && len(cur.stored) > 0 {
			return Rotate, "not stored in " + p.String() + " yet"
		}
		if f.lost(v.state, p, stat(v.places, p)) {
			return Rotate, "the secret in " + p.String() + " is older than what was stored"
		}
		if at := stat(v.places, p); v.state.changed(p, at) {
			why := fmt.Sprintf("changed in %s%s, not by us", p, at.when())
			if !f.Policy.KeepDrift {
				return Rotate, why
			}
			drift += "; " + why + ", and left alone"
		}
	}
	// Two machines with a journal each: whose token the secret holds depends on whose
	// PUT came last, which neither knows.
	if r := f.rivalOf(v); r != "" {
		return Rotate, r
	}
	// Only what is in order in every other way is judged by its age.
	switch {
	case f.Policy.Force:
		return Rotate, "asked for"
	case cur.expiresAt != nil && cur.expiresAt.Sub(v.now) <= f.Policy.RotateWithin:
		return Rotate, expiryReason(*cur.expiresAt, v.now)
	case f.Policy.MaxAge > 0 && !cur.mintedAt.IsZero() && v.now.Sub(cur.mintedAt) >= f.Policy.MaxAge:
		return Rotate, fmt.Sprintf("%s old", days(v.now.Sub(cur.mintedAt)))
	}
	if cur.expiresAt != nil {
		return Keep, "good until " + cur.expiresAt.Format(time.DateOnly) + drift
	}
	return Keep, "in order" + drift
}

// alien returns a place whose secret this tool never wrote, or removed before: one that
// was added to the fleet, or that somebody filled again. "" if there is none, if it is to
// be replaced, or if another machine may have written it.
func (f *Fleet) alien(v view) string {
	if i := slices.IndexFunc(v.places, func(p SeenPlace) bool { return p.Exists && !p.Marked && !v.state.wrote(p.Place) }); i >= 0 && !f.Policy.AdoptSecrets && f.rivalOf(v) == "" {
		return v.places[i].Place
	}
	return ""
}

// rivalOf says that another machine works on the same repository, or "".
func (f *Fleet) rivalOf(v view) string {
	cur := v.state.current
	own, _ := v.token(cur.id)
	for _, t := range v.tokens {
		if f.rival(v.state, cur, own, t) {
			return fmt.Sprintf("another run made token %s since: which one the secret holds is unclear", t.Name)
		}
	}
	return ""
}

// rival reports whether t carries a name of this fleet, is not in the journal,
// and was not certainly made before the current token. own is the current
// token as the service lists it: two times of the service's own clock need no
// tolerance, against the journal's they do.
func (f *Fleet) rival(state *repoState, cur *token, own, t service.Token) bool {
	if !f.ours(state.id, t.Name) || t.ID == cur.id || state.knows(t.ID) || state.writtenOff(t) {
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
