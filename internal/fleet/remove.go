package fleet

import (
	"context"
	"errors"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// Remove revokes the tokens of the plan's repositories at once and deletes the
// secrets that this tool wrote.
func (f *Fleet) Remove(ctx context.Context, j journal.Session, p Plan, o Options) (Report, error) {
	r := run{f: f, j: j, plan: p, digest: p.Digest(), o: o, step: (*saga).remove}
	if o.KeepTokens {
		r.step = (*saga).empty
	}
	return r.drive(ctx)
}

// remove ends what this fleet has of the repository: the tokens first, for a secret
// that stays behind then holds nothing.
func (s *saga) remove(ctx context.Context) (Outcome, error) {
	if err := s.leak(ctx); err != nil {
		return FailedOut, err
	}
	// What was planned and never answered has no number, and is not among what leaked.
	for _, t := range s.state.unfinished() {
		if t.phase == planned {
			if err := s.recoverPlanned(ctx, t, s.live != nil); err != nil {
				return FailedOut, err
			}
		}
	}
	deleted, err := s.deleteSecrets(ctx)
	revoked := len(s.revoked()) > 0
	if err != nil && revoked {
		err = errors.Join(errors.New("its tokens are revoked, and a secret is still there"), err)
	}
	if err != nil || deleted || revoked {
		return Removed, err
	}
	s.note("nothing of this fleet is there")
	return Skipped, nil
}

// empty deletes the secrets and keeps the tokens.
func (s *saga) empty(ctx context.Context) (Outcome, error) {
	deleted, err := s.deleteSecrets(ctx)
	if deleted {
		return Removed, err
	}
	return s.plan.leftAlone(), err
}

// deleteSecrets deletes what this tool wrote and nobody changed since. Each deletion
// is written down: what the journal says of the place, when it was written and which
// token it holds, is no longer true.
func (s *saga) deleteSecrets(ctx context.Context) (deleted bool, err error) {
	switch s.plan.Action { // those whose secrets cannot be written, or not be seen
	case Archived, Vanished, Forbidden, Unknown:
		if s.state.wrote() {
			s.note("its secret stays: %s", s.plan.Reason)
		}
		return false, nil
	}
	for _, p := range s.f.Policy.Places {
		seen := s.plan.stat(p)
		if seen == nil || !seen.Exists {
			continue
		}
		changed := s.state.changed(p, seen.writtenAt())
		adopted := s.plan.Action == Adopt && !s.plan.Replace
		// Without a journal only a mark, or the plan's adoption, shows that it is ours.
		if changed || !s.state.wrote() && !adopted && !seen.Marked {
			s.note("the secret in %s stays: somebody else wrote it", p)
			continue
		}
		if p.shared() && !s.once.whole {
			s.note("the secret in %s stays, for the other repositories; `gatewright fleet remove --all` deletes it", p)
			continue
		}
		if err := s.once.delete(ctx, s.repo, p); err != nil {
			return deleted, err
		}
		if err := s.record(journal.Entry{Kind: journal.Removed, Place: p.String()}); err != nil {
			return deleted, err
		}
		deleted = true
	}
	return deleted, nil
}
