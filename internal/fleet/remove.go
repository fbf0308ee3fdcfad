package fleet

import (
	"context"
	"errors"
	"slices"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// Remove revokes the tokens of the plan's repositories at once and deletes the
// secrets that this tool wrote.
func (f *Fleet) Remove(ctx context.Context, j journal.Session, p Plan, o Options) (Report, error) {
	r := run{f: f, j: j, plan: p, digest: p.Digest(), o: o, step: (*saga).empty}
	if !o.KeepTokens {
		r.insists = true
		r.step = func(s *saga, ctx context.Context) (Outcome, error) { return s.offboard(ctx, o.MissingOK) }
	}
	return r.drive(ctx)
}

// offboard is remove, but for a repository that the forge no longer lists and the
// service does not know. A service answers the same where it does not show it, so that
// it was deleted on both sides somebody has to say who knows. Its tokens are then
// written down as missed: one that turns up again is recognised.
func (s *saga) offboard(ctx context.Context, missingOK bool) (Outcome, error) {
	out, err := s.remove(ctx)
	switch {
	case s.plan.Action != Vanished || !missing(err):
		return out, err
	case !missingOK:
		return out, fault.WithHint(err, "if it was deleted at %s as well, say so: `gatewright fleet remove %s --vanished --missing-ok`", s.f.Service.Name, s.plan.Repository)
	}
	s.note("%s does not know it either: its tokens count as gone", s.f.Service.Name)
	err = s.recordEach(s.state.those((*token).lives), journal.Entry{Kind: journal.Revoked, Reason: wasGone})
	s.before = s.state.goneIDs() // said, and not seen: none was revoked
	return Removed, err
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
	if !s.state.alive() {
		s.note("nothing of this fleet is there")
	}
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
		if slices.ContainsFunc(s.f.Policy.Places, func(p Place) bool { return s.state.wrote(p.String()) }) {
			s.note("its secret stays: %s", s.plan.Reason)
		}
		return false, nil
	}
	for _, p := range s.f.Policy.Places {
		seen := s.plan.stat(p)
		if seen == nil || !seen.Exists {
			continue
		}
		changed := s.state.changed(p, seen)
		adopted := s.plan.Action == Adopt && !s.plan.Replace
		// Without a journal only a mark, or the plan's adoption, shows that it is ours.
		if changed || seen.foreign(s.state) && !adopted {
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
