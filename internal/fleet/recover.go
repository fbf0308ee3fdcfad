package fleet

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// recoverPending brings what earlier runs left to a known end, and returns the token
// that only has to be stored, if there is one: the last, for an older one that is
// stored now would be replaced at once. Nothing is recovered by what the plan saw:
// the service is asked again.
func (s *saga) recoverPending(ctx context.Context) (resume *token, err error) {
	open := s.state.unfinished()
	if len(open) == 0 && !s.plan.stray() {
		return nil, nil
	}
	listed, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range open {
		if t.phase == planned {
			err = s.recoverPlanned(ctx, t, listed)
		} else if t == open[len(open)-1] && s.resumable(t, listed) {
			resume = t
		} else {
			err = s.recoverMinted(ctx, t, listed)
		}
		if err != nil {
			return nil, err
		}
	}
	// Strays: revoked, and alive all the same; or written off, and made late.
	for _, id := range slices.Sorted(maps.Keys(s.live)) {
		if seen := s.live[id]; s.state.ended(seen) && s.mine(seen) {
			if err := s.revoke(ctx, &token{id: id, name: seen.Name}, "the journal holds it to be gone, and it lives"); err != nil {
				return nil, err
			}
		}
	}
	return resume, nil
}

// recoverAll is recoverPending where what could be stored is left for another run.
func (s *saga) recoverAll(ctx context.Context) error {
	_, err := s.recoverPending(ctx)
	return err
}

// recoverPlanned ends a token whose mint was never answered: nobody has its
// value, and no place was offered it. It is found by its name. Where the service
// does not name its tokens, one that was not there before may be it or a person's,
// and is only pointed out. One that is not found may still be made, by a request
// that is under way: it is written off, and a stray if it turns up (see writtenOff).
func (s *saga) recoverPlanned(ctx context.Context, t *token, listed bool) error {
	if !listed {
		s.note("%s cannot list tokens: look for one named %s and revoke it by hand", s.f.Service.Name, t.name)
		return s.record(journal.Entry{Kind: journal.Absent, Name: t.name, Reason: "the service cannot list tokens; look for it by hand"})
	}
	named := false
	for id, seen := range s.live {
		named = named || seen.Name != ""
		if seen.Name == t.name {
			return s.end(ctx, t, id, "its mint was never answered")
		}
	}
	if !named {
		for id := range s.live {
			if !slices.Contains(t.known, id) && !s.state.knows(id) {
				s.note("token %s appeared while one was being minted; the service does not name its tokens, so look at it", id)
			}
		}
	}
	return s.record(journal.Entry{Kind: journal.Absent, Name: t.name, Reason: "not found at the service"})
}

// resumable reports whether a plain PUT is all that the token needs: it lives, is
// worth storing, and for every place that lacks it there is a sealed form.
func (s *saga) resumable(t *token, listed bool) bool {
	if listed {
		if _, ok := s.live[t.id]; !ok {
			return false
		}
	}
	if t.expiresAt != nil && t.expiresAt.Sub(s.f.now()) <= s.f.Policy.RotateWithin {
		return false
	}
	for _, p := range s.f.Policy.Places {
		if !s.held(t, p) && sealedFor(t, p) == nil {
			return false
		}
	}
	return true
}

// held reports whether the place holds the token, as far as the journal and,
// for tokens of earlier runs, the forge's time of the last write tell. Where
// another machine was at work too, nothing shows. A token that is handed out has no
// successor: to rotate it is to write it once more, which mends a secret that somebody
// changed, also where the forge has no times.
func (s *saga) held(t *token, p Place) bool {
	if s.plan.Action == Rotate && s.f.Service.Minter == nil {
		return false
	}
	w, ok := t.stored[p.String()]
	if !ok || t.run == s.run {
		return ok
	}
	for _, seen := range s.plan.Tokens {
		if seen.Ours && seen.Retire && !s.state.knows(seen.ID) {
			return false
		}
	}
	seen := s.plan.stat(p)
	return seen == nil || seen.Exists && !seen.Hidden && !seen.Unmarked && (seen.UpdatedAt == nil || !w.precedes(*seen.UpdatedAt))
}

func sealedFor(t *token, p Place) *journal.Sealed {
	for i := range t.sealed {
		if t.sealed[i].Place == p.String() {
			return &t.sealed[i]
		}
	}
	return nil
}

// answerWait is how long a request whose answer was lost may still be under
// way: as long, a secret that it wrote may be overwritten and come back.
const answerWait = 10 * time.Second

// recoverMinted ends a token that cannot be resumed. One that a place may hold
// stays alive: it retires when its successor is in place.
func (s *saga) recoverMinted(ctx context.Context, t *token, listed bool) error {
	if _, alive := s.live[t.id]; listed && !alive {
		return s.record(journal.Entry{Kind: journal.Revoked, Token: t.id, Name: t.name, Reason: wasGone})
	}
	if t.doubtful() {
		// Offered in the future, by a clock that was ahead: no longer than ever.
		if left := min(answerWait-s.f.now().Sub(t.offered), answerWait); left > 0 {
			return s.pause(ctx, left, "an earlier request may still be under way")
		}
		return nil
	}
	return s.end(ctx, t, t.id, "its value is lost, and no place was offered it")
}

// end revokes a token that, by the journal, no place was ever offered. The
// journal may have lost its end, as when an older copy is brought back: then
// the forge's times of writing must say the same, or the token lives on until
// its successor is in place.
func (s *saga) end(ctx context.Context, t *token, id, why string) error {
	if t.run == s.run || s.untouched(t) {
		return s.revoke(ctx, &token{id: id, name: t.name, run: t.run}, why)
	}
	s.note("token %s of run %s may be in use: it retires later", id, t.run)
	if t.phase == planned {
		if err := s.record(journal.Entry{Kind: journal.Minted, Token: id, Name: t.name, ExpiresAt: s.live[id].ExpiresAt}); err != nil {
			return err
		}
	}
	return s.record(journal.Entry{Kind: journal.Storing, Token: id, Name: t.name, Reason: "the secret was written since the token was planned"})
}

// untouched reports whether the forge says that no place was written since
// the token was planned.
func (s *saga) untouched(t *token) bool {
	for _, p := range s.f.Policy.Places {
		seen := s.plan.stat(p)
		if seen != nil && seen.Unmarked {
			continue // somebody else's
		}
		if seen == nil || !seen.Exists && (s.state.current != nil || s.f.now().Sub(t.planned.at) > time.Hour) {
			return false // gone, and who knows what it held last
		}
		if seen.Exists && (seen.UpdatedAt == nil || !seen.UpdatedAt.Before(t.planned.at.Add(-t.planned.tolerance))) {
			return false
		}
	}
	return true
}
