package fleet

import (
	"context"
	"errors"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// PlanLeak is Plan for what needs the service alone: where the forge cannot be
// listed, the plan has the repositories that the journal knows.
func (f *Fleet) PlanLeak(ctx context.Context, j journal.Session, progress Progress) (Plan, error) {
	p, err := f.Plan(ctx, j, progress)
	if err == nil || ctx.Err() != nil || f.check() != nil {
		return p, err
	}
	h := fold(j.Entries)
	known := f.known(h)
	if len(known) == 0 {
		return p, fault.WithHint(err, "the journal knows none of these repositories, so their tokens are not found without the forge; `gatewright token list` and `token revoke` need the service alone")
	}
	p = Plan{
		Version: planVersion, MadeAt: f.now(), Service: f.Service.Name, Forge: f.Forge.Name, Org: f.Policy.Org, Secret: f.Policy.Secret,
		Shard: f.Policy.Shard.String(), Policy: f.digest(), Journal: journal.PositionOf(j.Entries),
	}
	for _, s := range known {
		repo := f.repositoryOf(s)
		item := Item{Repository: repo.Owner + "/" + repo.Name, Subject: s.id, ID: repo.ID}
		item.refuse(Unknown, fault.Of(err), oneLine(err))
		item.Hint = fault.Hint(err)
		p.Items = append(p.Items, item)
	}
	p.count()
	return p, nil
}

// Redecide decides again for the repositories that a plan changes: a plan that
// anybody could have written says which, and nothing more.
func (f *Fleet) Redecide(ctx context.Context, j journal.Session, p Plan, progress Progress) (Plan, error) {
	fresh, err := f.Plan(ctx, j, progress)
	if err != nil {
		return Plan{}, err
	}
	chosen := map[string]bool{}
	for _, i := range p.Items {
		chosen[i.Subject] = true
	}
	items := fresh.Items[:0]
	for _, i := range fresh.Items {
		if chosen[i.Subject] {
			items = append(items, i)
		}
	}
	fresh.Items = items
	fresh.count()
	if fresh.Policy != p.Policy {
		fresh.Policy = p.Policy // stale, as Ready will say
	}
	fresh.MadeAt, fresh.Journal = p.MadeAt, p.Journal
	return fresh, nil
}

// Remove revokes the tokens of the plan's repositories at once and deletes the
// secrets that this tool wrote.
func (f *Fleet) Remove(ctx context.Context, j journal.Session, p Plan, o Options) (Report, error) {
	r := run{f: f, j: j, plan: p, digest: p.Digest(), o: o, step: (*saga).remove}
	if o.KeepTokens {
		r.step = (*saga).empty
	}
	return r.drive(ctx)
}

// remove ends what this fleet has of the repository.
func (s *saga) remove(ctx context.Context) (Outcome, error) {
	gone := len(s.state.goneIDs())
	if err := s.leak(ctx); err != nil {
		return FailedOut, err
	}
	for _, t := range s.state.unfinished() {
		if t.phase == planned {
			if err := s.recoverPlanned(ctx, t, s.live != nil); err != nil {
				return FailedOut, err
			}
		}
	}
	deleted, err := s.deleteSecrets(ctx)
	switch {
	case err != nil && len(s.state.goneIDs()) > gone:
		return FailedOut, errors.Join(errors.New("its tokens are revoked, and a secret is still there"), err)
	case err != nil:
		return FailedOut, err
	case deleted || len(s.state.goneIDs()) > gone:
		return Removed, nil
	default:
		s.note("nothing of this fleet is there")
		return Skipped, nil
	}
}

// empty deletes the secrets and keeps the tokens.
func (s *saga) empty(ctx context.Context) (Outcome, error) {
	deleted, err := s.deleteSecrets(ctx)
	switch {
	case err != nil:
		return FailedOut, err
	case deleted:
		return Removed, nil
	default:
		return s.plan.leftAlone(), nil
	}
}

// deleteSecrets deletes what this tool wrote and nobody changed since.
func (s *saga) deleteSecrets(ctx context.Context) (deleted bool, err error) {
	switch s.plan.Action {
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
		changed := seen.UpdatedAt != nil && s.state.changed(p, *seen.UpdatedAt)
		adopted := s.plan.Action == Adopt && !s.plan.Replace
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
