package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// retire revokes the tokens whose grace is over, and those that no CI run can
// hold any more, after a last look: if anything speaks against it, nothing is
// revoked and the reason is noted.
func (s *saga) retire(ctx context.Context) error {
	due, waiting := s.due()
	if len(due)+len(waiting) == 0 || s.f.Service.Revoker == nil {
		return nil
	}
	if why, err := s.unsafe(ctx); err != nil || why != "" {
		if why != "" {
			s.note("old tokens stay: %s", why)
		} else if len(due) == 0 && !errors.As(err, new(*journalError)) { // their time comes: no failure
			s.note("old tokens stay: %v", err)
			return nil
		}
		return err
	}
	if err := s.revokeAll(ctx, due, "its grace is over"); err != nil {
		return err
	}
	if len(waiting) > 0 && s.proved(ctx, waiting) {
		if err := s.revokeAll(ctx, waiting, "every run that began before its successor has ended"); err != nil {
			return err
		}
	}
	return s.done()
}

// due returns the retiring tokens whose grace is over, and those that may go
// before, if it is proved that nothing holds them. The current token is never among
// them, though it may be retiring: it leaked, or the journal is not one of ours.
func (s *saga) due() (due, waiting []*token) {
	cur := s.state.current
	for _, t := range s.state.retiring() {
		switch {
		case t.byHand, cur != nil && t.id == cur.id:
		case s.f.over(t):
			due = append(due, t)
		case s.f.provable(s.state, t):
			waiting = append(waiting, t)
		}
	}
	return due, waiting
}

// unsafe returns why the old tokens may not be revoked now, or "": the secret
// must be as we left it, and hold a token that lives. It is asked right before, for
// a plan may be a day old, and a person, another run or an older copy of a secret
// brought back may have put the old token into the place again.
func (s *saga) unsafe(ctx context.Context) (why string, err error) {
	cur := s.state.inUse()
	if cur == nil {
		return "no token of ours is in place; plan and apply first", nil
	}
	if len(s.state.unfinished()) > 0 {
		return "a newer token is still on its way; apply first", nil
	}
	listed, err := s.list(ctx)
	if err != nil {
		return "", err
	}
	if _, alive := s.live[cur.id]; listed && !alive {
		return "the current token is gone at the service; plan and apply first", nil
	}
	if seen, alive := s.live[cur.id]; alive && !s.mine(seen) {
		return fmt.Sprintf("the journal calls token %s ours, and it is named %q; plan and apply first", cur.id, seen.Name), nil
	}
	for _, t := range s.live {
		if s.f.rival(s.state, cur, s.live[cur.id], t) {
			return fmt.Sprintf("another run made token %s (%s) meanwhile; plan and apply first", t.Name, t.ID), nil
		}
	}
	return s.disturbed(ctx)
}

// disturbed returns which place is not as we left it, or "". A forge that does not
// show when a secret was written leaves that open; then the grace alone decides.
func (s *saga) disturbed(ctx context.Context) (string, error) {
	if s.f.Forge.Stater == nil {
		return "", nil
	}
	for _, p := range s.f.Policy.Places {
		st, err := s.f.Forge.Stater.Stat(ctx, p.ref(s.repo, s.f.Policy.Secret))
		if unsupported(err) {
			continue
		}
		if missing(err) {
			return fmt.Sprintf("%s no longer has the secret; plan and apply first", p), nil
		}
		if err != nil {
			return "", fmt.Errorf("look at %s: %w", p, err)
		}
		if s.f.lost(s.state, p, seenAs(p, st)) {
			return fmt.Sprintf("the secret in %s is older than what was stored; plan and apply first", p), nil
		}
		if seen := seenAs(p, st); s.state.changed(p, seen) {
			return fmt.Sprintf("the secret in %s was changed%s, not by us; plan and apply first", p, seen.when()), nil
		}
	}
	return "", nil
}

// changed reports whether the place was written after our own write. Once a plan
// has seen the forge's time of our write nothing but that very time will do: a
// write that came seconds later is somebody else's. Where the forge shows no time,
// the mark of our write may be gone.
func (s *repoState) changed(p Place, at *SeenPlace) bool {
	updated := at.writtenAt()
	if s.current != nil && at != nil && at.Unmarked {
		if _, stored := s.current.stored[p.String()]; stored {
			return true
		}
	}
	if updated.IsZero() {
		return false // the forge does not show it
	}
	if seen, ok := s.observed[p.String()]; ok {
		return !updated.Equal(seen)
	}
	if s.current == nil {
		return false
	}
	ours, ok := s.current.stored[p.String()]
	return ok && ours.precedes(updated)
}

// precedesOurs reports whether the place was written before our own write, by the
// forge's clock: a machine of the forge answered that has not heard of ours yet. Were
// that time taken for our write's, the true one would look like somebody else's.
func (s *repoState) precedesOurs(p Place, updated time.Time) bool {
	if s.current == nil {
		return false
	}
	ours, ok := s.current.stored[p.String()]
	return ok && ours.tolerance == serverTolerance && updated.Before(ours.at.Add(-serverTolerance))
}

// lost reports whether our own write into the place is undone.
func (f *Fleet) lost(s *repoState, p Place, at *SeenPlace) bool {
	if s.current == nil {
		return false
	}
	ours, ok := s.current.stored[p.String()]
	return ok && f.undone(ours, at.writtenAt())
}

// undone reports whether a place still shows a time well before the write when every
// machine of the forge must have heard of that: it had no effect, or a backup was
// brought back.
func (f *Fleet) undone(w write, updated time.Time) bool {
	return !updated.IsZero() && w.tolerance == serverTolerance && updated.Before(w.at.Add(-tolerance)) && f.now().Sub(w.at) > listLag
}

// A token that was replaced is held by the jobs that read the secret before. Its
// grace is how long they may live; where the forge lists its CI runs there is no
// need to wait as long: once every run that began before the successor was stored
// has ended, nothing holds the old token. What cannot be seen is no proof: then
// the grace decides, as it does in any case when it is over.

// listLag is how long after a secret was written a list may still lack a run that
// began before. Times of writing must be the forge's own, as those of runs are.
const listLag = 10 * time.Minute

// provable reports whether the token may go before its grace is over: it was in
// this fleet's secret and nowhere else. One that others made, and that the fleet
// was told to adopt, may be in use wherever they put it.
func (f *Fleet) provable(state *repoState, t *token) bool {
	return f.Policy.Proof && f.Forge.Runs != nil && f.ours(state.id, t.name) && !t.leaked
}

// proved reports whether no run holds the tokens that wait for their grace; what
// keeps it from being proved is noted. A job reads its secrets when its run is
// queued, so a run that began after the current token was in place has that one.
func (s *saga) proved(ctx context.Context, waiting []*token) bool {
	since, known := s.inPlaceSince()
	if !known || s.f.stamp() == nil || s.f.now().Before(since.Add(listLag)) {
		return false
	}
	for _, p := range s.f.Policy.Places {
		run, err := s.f.Forge.Runs.OpenRun(ctx, p.ref(s.repo, s.f.Policy.Secret), since)
		if err == nil && run == nil {
			continue
		}
		why := "whether a run holds it is not to be seen"
		if run != nil {
			why = run.String() + ", and may hold it"
		} else {
			why += ": " + oneLine(err)
			s.hint = fault.Hint(err)
		}
		for _, t := range waiting {
			s.note("old token %s stays: %s", t.id, why)
		}
		return false
	}
	return true
}

// inPlaceSince returns the moment from which on every place held the current
// token, by the forge's clock, if that is known: the latest of them, and rounded up,
// for a run of the same second may have read the old one.
func (s *saga) inPlaceSince() (since time.Time, known bool) {
	for _, p := range s.f.Policy.Places {
		at, seen := s.state.observed[p.String()]
		if w, ok := s.state.current.stored[p.String()]; !seen && ok && w.tolerance == serverTolerance {
			at, seen = w.at.Add(w.tolerance), true
		}
		if !seen {
			return time.Time{}, false
		}
		if at = at.Add(grain); at.After(since) {
			since = at
		}
	}
	return since, true
}

// ends returns when the token's grace is over: as it was decided when it was
// replaced, or sooner where a shorter grace was chosen since.
func (f *Fleet) ends(t *token) time.Time {
	if sooner := t.retiredAt.Add(f.Policy.Grace); f.Policy.GraceGiven && !t.retiredAt.IsZero() && sooner.Before(t.notBefore) {
		return sooner
	}
	return t.notBefore
}

// over reports whether the token's grace is over.
func (f *Fleet) over(t *token) bool { return !f.ends(t).After(f.now().Add(grain)) }
