package fleet

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

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
	_, ours := f.ours(state.id, t.name)
	return f.Policy.Proof && f.Forge.Runs != nil && ours && !t.leaked
}

// proved reports whether no run holds the tokens that wait for their grace; what
// keeps it from being proved is noted.
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
// token, by the forge's clock, if that is known.
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

// minute is a time for people.
func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") }
