package fleet

import (
	"context"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// How much later than our write a secret may have been written before it
// counts as changed by somebody else: by our own clock, which may be wrong, and
// by the clock of the forge's answers. Both are used only until a plan has seen
// the forge's own time of our write.
const (
	tolerance       = 10 * time.Minute
	serverTolerance = 5 * time.Second
)

// retire revokes the tokens whose grace is over, after a last look: if
// anything speaks against it, nothing is revoked and the reason is noted.
func (s *saga) retire(ctx context.Context) error {
	due := s.sub.due(s.f.now())
	if len(due) == 0 || s.f.Service.Revoker == nil {
		return nil
	}
	if why, err := s.unsafe(ctx); err != nil || why != "" {
		if why != "" {
			s.note("old tokens stay: %s", why)
		}
		return err
	}
	for _, t := range due {
		if t.id == s.sub.current.id {
			continue
		}
		if err := s.revoke(ctx, t.id, t.name, "its grace is over"); err != nil {
			return err
		}
	}
	return s.done()
}

// unsafe says why the old tokens may not be revoked now, or "": the secret
// must be as we left it, and hold a token that lives.
func (s *saga) unsafe(ctx context.Context) (why string, err error) {
	cur := s.sub.current
	if cur == nil || cur.gone {
		return "no token of ours is in place; plan and apply first", nil
	}
	if len(s.sub.unfinished()) > 0 {
		return "a newer token is still on its way; apply first", nil
	}
	listed, err := s.list(ctx)
	if err != nil {
		return "", err
	}
	if _, alive := s.live[cur.id]; listed && !alive {
		return "the current token is gone at the service; plan and apply first", nil
	}
	for _, t := range s.live {
		if s.f.rival(s.sub, cur, s.live[cur.id], t) {
			return fmt.Sprintf("another run made token %s (%s) meanwhile; plan and apply first", t.Name, t.ID), nil
		}
	}
	return s.disturbed(ctx)
}

// disturbed says which place is not as we left it, or "".
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
		if s.sub.changed(p, st.UpdatedAt) {
			return fmt.Sprintf("the secret in %s was changed at %s, not by us; plan and apply first", p, st.UpdatedAt.UTC().Format(time.RFC3339)), nil
		}
	}
	return "", nil
}

// changed reports whether the place was written after our own write.
func (s *subject) changed(p Place, updated time.Time) bool {
	if updated.IsZero() {
		return false // the forge does not tell
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

// leak revokes every token of this fleet for the repository at once, the one
// in use too. The caller replaces it right after.
func (s *saga) leak(ctx context.Context) error {
	if _, err := s.list(ctx); err != nil {
		return err
	}
	now := s.f.now()
	for _, id := range s.leaked() {
		if err := s.record(journal.Entry{Kind: journal.Retiring, Token: id, Name: s.live[id].Name, NotBefore: &now, Reason: leaked}); err != nil {
			return err
		}
	}
	return s.endLeaked(ctx)
}

// endLeaked revokes what was found leaked, by this run or one that was cut off.
func (s *saga) endLeaked(ctx context.Context) error {
	for _, t := range s.sub.tokens {
		if !t.leaked || t.gone {
			continue
		}
		if err := s.revoke(ctx, t.id, t.name, "it leaked"); err != nil {
			return err
		}
	}
	return nil
}

// leaked gives the ids of all tokens that a leak of this repository's secret
// may have shown: those the journal knows, and those the plan chose.
func (s *saga) leaked() []string {
	var ids []string
	for _, t := range s.sub.tokens {
		if !t.gone && t.id != "" && !t.byHand {
			ids = append(ids, t.id)
		}
	}
	for _, seen := range s.plan.Tokens {
		if (seen.Ours || seen.Retire) && !s.sub.knows(seen.ID) {
			ids = append(ids, seen.ID)
		}
	}
	return ids
}
