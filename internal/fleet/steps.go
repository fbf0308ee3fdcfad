package fleet

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// carryOut does what the plan says for one repository, and sweeps behind it.
func (s *saga) carryOut(ctx context.Context) (Outcome, error) {
	switch {
	case s.plan.Changes() && s.applied && len(s.sub.unfinished()) == 0 && !s.sub.current.gone:
		s.note("done before, by run %s of the same plan", s.sub.current.run)
		return Kept, nil
	case s.plan.Changes():
		if err := s.renew(ctx); err != nil {
			return FailedOut, err
		}
		if s.plan.Action == Create {
			return Created, nil
		}
		return Rotated, nil
	case s.plan.Action == Adopt:
		if err := s.adopt(); err != nil {
			return FailedOut, err
		}
		_, err := s.tidy(ctx)
		return Adopted, err
	case s.plan.Action == Keep:
		return s.tidy(ctx)
	default:
		return s.strays(ctx)
	}
}

// strays ends tokens that nobody holds where nothing else is to be done.
func (s *saga) strays(ctx context.Context) (Outcome, error) {
	if !s.plan.stray() {
		return Skipped, nil
	}
	if _, err := s.settle(ctx); err != nil {
		return FailedOut, err
	}
	return Retired, nil
}

// adopt takes a token into the journal that an earlier run, whose journal is
// lost, must have stored.
func (s *saga) adopt() error {
	// The times first: were the run cut off in between, the adopted token would
	// be taken for the secret's whatever became of the secret.
	if err := s.observePlan(); err != nil {
		return err
	}
	for _, t := range s.plan.Tokens {
		if !t.Ours || t.Retire || t.Stray {
			continue
		}
		err := s.record(journal.Entry{
			Kind: journal.Adopted, Token: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt,
			Reason: "found by its name; the secret was written right after it was made",
		})
		return err
	}
	return fault.Errorf(fault.Bug, "the plan adopts no token")
}

// observePlan writes down the times of the last writes that the plan saw.
func (s *saga) observePlan() error {
	for _, p := range s.f.Policy.Places {
		if seen := s.plan.stat(p); seen != nil && seen.UpdatedAt != nil && !s.sub.changed(p, *seen.UpdatedAt) {
			if err := s.observed(p, *seen.UpdatedAt); err != nil {
				return err
			}
		}
	}
	return nil
}

// tidy is for repositories that are in order: note what the forge said, end
// strays, let leftovers retire, and revoke what is due.
func (s *saga) tidy(ctx context.Context) (Outcome, error) {
	gone := len(s.sub.goneIDs())
	if s.sub.current != nil {
		if err := s.observePlan(); err != nil {
			return FailedOut, err
		}
	}
	if _, err := s.settle(ctx); err != nil {
		return FailedOut, err
	}
	if s.sub.current != nil && (s.plan.Action == Keep || s.plan.Action == Adopt) {
		if err := s.replace(ctx, s.sub.current); err != nil {
			return FailedOut, err
		}
	}
	if err := s.retire(ctx); err != nil {
		return FailedOut, err
	}
	if len(s.sub.goneIDs()) > gone {
		return Retired, nil
	}
	return Kept, nil
}

// replaceLeaked revokes all tokens of the repository and gives it a new one.
func (s *saga) replaceLeaked(ctx context.Context) (Outcome, error) {
	if !s.plan.Changes() {
		return Skipped, nil
	}
	if err := s.leak(ctx); err != nil {
		return FailedOut, err
	}
	if err := s.renew(ctx); err != nil {
		return FailedOut, fmt.Errorf("its tokens are revoked, and no new one is in place: %w", err)
	}
	return Rotated, nil
}

func (s *saga) sweep(ctx context.Context) (Outcome, error) {
	switch s.plan.Action {
	case Foreign, Forbidden, Archived, NotAdded, Unknown:
		return s.strays(ctx)
	default:
		return s.tidy(ctx)
	}
}
