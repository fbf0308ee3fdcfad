package fleet

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/rest"
)

// A step is what a run does for one repository. Its outcome counts where there is
// no error: with one, the repository failed.

// inTurn takes parts of a step until one fails.
func inTurn(ctx context.Context, parts ...func(context.Context) error) error {
	for _, part := range parts {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// carryOut does what the plan says for one repository, and sweeps behind it.
func (s *saga) carryOut(ctx context.Context) (Outcome, error) {
	switch {
	// The same plan again, after a run that was cut off: a forced rotation must not
	// be made twice.
	case s.plan.Changes() && s.applied && len(s.state.unfinished()) == 0 && !s.state.current.gone:
		s.note("done before, by run %s of the same plan", s.state.current.run)
		return Kept, nil
	case s.plan.Changes():
		if s.plan.Action == Create {
			return Created, s.renew(ctx)
		}
		return Rotated, s.renew(ctx)
	case s.plan.Action == Adopt:
		return Adopted, inTurn(ctx, s.adopt, s.tidyUp)
	case s.plan.Action == Keep:
		return s.tidy(ctx)
	default:
		return s.strays(ctx)
	}
}

// strays ends tokens that nobody holds where nothing else is to be done: also of a
// repository that is archived, whose secret cannot be written but whose stray lives.
func (s *saga) strays(ctx context.Context) (Outcome, error) {
	out := s.plan.leftAlone()
	switch due, waiting := s.due(); {
	case s.plan.stray(), s.plan.Action == Archived && len(due)+len(waiting) > 0:
	case s.plan.Action == Foreign && s.state.current == nil && len(s.state.unfinished()) > 0:
	default:
		return out, nil
	}
	err := s.recoverAll(ctx)
	if err == nil && s.plan.Action == Archived {
		err = s.retireClosed(ctx)
	}
	if out == Skipped && len(s.revoked()) > 0 {
		out = Retired
	}
	return out, err
}

// retireClosed is retire for a repository whose secrets cannot be written, and perhaps
// not be looked at either: then its old tokens stay, which is no failure.
func (s *saga) retireClosed(ctx context.Context) error {
	err := s.retire(ctx)
	if err == nil || errors.As(err, new(*journalError)) || rest.Status(err) == 0 {
		return err
	}
	s.note("old tokens stay: %v", err)
	return nil
}

// adopt takes a token into the journal that an earlier run, whose journal is
// lost, must have stored.
func (s *saga) adopt(ctx context.Context) error {
	if _, err := s.list(ctx); err != nil {
		return err
	}
	// The times first: were the run cut off in between, the adopted token would
	// be taken for the secret's whatever became of the secret.
	if err := s.observePlan(); err != nil {
		return err
	}
	for _, t := range s.plan.Tokens {
		live := s.live[t.ID] // what is not listed has no name, which is nobody's
		if !t.Ours || t.Retire || t.Stray || !s.f.claims(s.state.id, live.Name) {
			continue
		}
		return s.record(journal.Entry{
			Kind: journal.Adopted, Token: t.ID, Name: live.Name, CreatedAt: live.CreatedAt, ExpiresAt: live.ExpiresAt,
			Reason: "found by its name; the secret was written right after it was made",
		})
	}
	return fault.WithHint(fault.Errorf(fault.Input, "the token that the plan adopts is gone, or not ours by its name"), "make a new plan")
}

// observePlan writes down the times of the last writes that the plan saw.
func (s *saga) observePlan() error {
	for _, p := range s.f.Policy.Places {
		if at := s.plan.stat(p); !s.state.changed(p, at) {
			if err := s.observed(p, at.writtenAt()); err != nil {
				return err
			}
		}
	}
	return nil
}

// tidy is for repositories that are in order.
func (s *saga) tidy(ctx context.Context) (Outcome, error) {
	err := s.tidyUp(ctx)
	if len(s.revoked()) > 0 {
		return Retired, err
	}
	return Kept, err
}

// tidyUp notes what the forge said, ends strays, lets leftovers retire, and revokes
// what is due, in this order: a later step trusts what an earlier one wrote down.
func (s *saga) tidyUp(ctx context.Context) error {
	if s.state.current != nil {
		if err := s.observePlan(); err != nil {
			return err
		}
	}
	return inTurn(ctx, s.recoverAll, s.replaceOthers, s.retire)
}

// replaceOthers lets the tokens before the current one retire, where the plan found
// that every place holds the current one.
func (s *saga) replaceOthers(ctx context.Context) error {
	if s.state.current == nil || s.plan.Action != Keep && s.plan.Action != Adopt {
		return nil
	}
	return s.replace(ctx, s.state.current)
}

// replaceLeaked revokes all tokens of the repository, which needs the service
// alone, and mints it a new one where that is possible. Here a repository without a
// working token is the smaller harm: who has the leaked one can use it.
func (s *saga) replaceLeaked(ctx context.Context) (Outcome, error) {
	if err := s.leak(ctx); err != nil {
		return FailedOut, err
	}
	none := len(s.revoked()) == 0
	how := "its tokens are revoked, and no new one is in place"
	if none { // it had none, or what it has only a person can revoke
		how = "no new token is in place"
	}
	// A limit was no obstacle to revoking, and no longer is one to minting.
	if s.plan.Changes() || s.plan.Action == OverLimit || s.plan.Action == Keep || s.plan.Action == Adopt {
		if err := s.renew(ctx); err != nil {
			return FailedOut, fmt.Errorf("%s: %w", how, err)
		}
		return Rotated, nil
	}
	if none {
		return s.plan.leftAlone(), nil
	}
	if s.plan.ExitCode != 0 && s.plan.Action != Vanished {
		return FailedOut, fault.Errorf(fault.Kind(s.plan.ExitCode), "%s: %s", how, s.plan.Reason)
	}
	s.note("not replaced")
	return RevokedAll, nil
}

// sweep is what a plan's changes are not needed for: it mints and stores nothing.
func (s *saga) sweep(ctx context.Context) (Outcome, error) {
	switch s.plan.Action {
	case Create, Rotate, Adopt, Keep, OverLimit:
		return s.tidy(ctx)
	default:
		return s.strays(ctx)
	}
}
