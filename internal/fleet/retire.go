package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// How much later than our write a secret may have been written before it
// counts as changed by somebody else: by our own clock, which may be wrong, and
// by the clock of the forge's answers. Both are used only until a plan has seen
// the forge's own time of our write.
const (
	tolerance       = 10 * time.Minute
	serverTolerance = 5 * time.Second
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
		} else if len(due) == 0 && !errors.As(err, new(*journalError)) { // their time comes
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
// before, if it is proved that nothing holds them.
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
// must be as we left it, and hold a token that lives.
func (s *saga) unsafe(ctx context.Context) (why string, err error) {
	cur := s.state.current
	if cur == nil || cur.gone {
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

// disturbed returns which place is not as we left it, or "".
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
		if s.state.changed(p, st.UpdatedAt) {
			return fmt.Sprintf("the secret in %s was changed at %s, not by us; plan and apply first", p, st.UpdatedAt.UTC().Format(time.RFC3339)), nil
		}
	}
	return "", nil
}

// changed reports whether the place was written after our own write.
func (s *repoState) changed(p Place, updated time.Time) bool {
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
	return ok && updated.After(ours.at.Add(ours.tolerance))
}
