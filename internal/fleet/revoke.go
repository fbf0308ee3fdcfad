package fleet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/service"
)

// revoke is revokeAll for one token.
func (s *saga) revoke(ctx context.Context, t *token, why string) error {
	return s.revokeAll(ctx, []*token{t}, why)
}

// revokeAll ends tokens at once, and is done when the service no longer lists
// them. Only for tokens that no place can hold, that are past their grace, or
// that leaked. What the service shows to be somebody else's stays: the journal, a
// file, could name any token of the service. A service that cannot list shows
// nothing; then a number is believed of this run's own tokens and of a signed
// journal.
//
// A token that is not listed any more was revoked by somebody else, or by a run
// that was cut off before it wrote that down; it is written down as missed, so that
// one that a lagging list lacked is recognised if it turns up again. One of this run
// is revoked all the same: the list may not have it yet.
func (s *saga) revokeAll(ctx context.Context, tokens []*token, why string) error {
	if s.f.Service.Revoker == nil {
		for _, t := range tokens {
			s.note("revoke token %s at %s by hand: it lives", t.id, s.f.Service.Name)
		}
		return s.recordEach(tokens, journal.Entry{Kind: journal.Retiring, Reason: byHand})
	}
	listed, err := s.list(ctx)
	if err != nil {
		return fmt.Errorf("look at the tokens before revoking any (%s): %w", why, err)
	}
	// All are asked for before any is looked for again: a list is one request for all
	// of them. What is cut off in between is found gone, or alive, by the next run.
	var sent []*token
	for _, t := range tokens {
		seen, alive := s.live[t.id]
		switch {
		case listed && !alive && t.run != s.run:
			if err := s.recordEach([]*token{t}, journal.Entry{Kind: journal.Revoked, Reason: wasGone}); err != nil {
				return err
			}
			continue
		case alive && !s.mine(seen), !listed && t.run != s.run && !s.j.Genuine:
			s.leave(t, seen.Name)
			continue
		}
		if err := s.f.Service.Revoker.Revoke(ctx, s.scope(), t.id); err != nil && !missing(err) {
			return fmt.Errorf("revoke token %s (%s): %w", t.id, why, err)
		}
		sent = append(sent, t)
	}
	if err := s.seenGone(ctx, sent); err != nil {
		return err
	}
	for _, t := range sent {
		s.sent = append(s.sent, t.id)
	}
	return s.recordEach(sent, journal.Entry{Kind: journal.Revoked, Reason: why})
}

// recordEach writes down the same of several tokens.
func (s *saga) recordEach(tokens []*token, e journal.Entry) error {
	for _, t := range tokens {
		e.Token, e.Name = t.id, t.name
		if err := s.record(e); err != nil {
			return err
		}
	}
	return nil
}

// leave notes a token that a state file calls ours and the service does not.
func (s *saga) leave(t *token, name string) {
	what := "has no name that shows whose it is"
	if name != "" {
		what = fmt.Sprintf("is named %q there, which this fleet did not make", name)
	}
	s.note("token %s stays: it %s; --adopt-token revokes it all the same", t.id, what)
	t.foreign = true
}

// seenGone lists the tokens until none of those is there: a service may answer
// that it deleted a token and do nothing, or have many machines of which some do
// not know it yet. A service that cannot list is believed.
func (s *saga) seenGone(ctx context.Context, tokens []*token) error {
	if len(tokens) == 0 {
		return nil
	}
	left, err := service.StillListed(ctx, func(ctx context.Context) (left []string, err error) {
		s.live = nil
		listed, err := s.list(ctx)
		for _, t := range tokens {
			if _, alive := s.live[t.id]; listed && alive {
				left = append(left, t.id)
			}
		}
		if err != nil {
			err = fmt.Errorf("revoked, and not seen to be gone: %w", err)
		}
		return left, err
	}, func(ctx context.Context, d time.Duration) error {
		return s.pause(ctx, d, s.f.Service.Name+" still lists a token that was revoked")
	})
	if err != nil || len(left) == 0 {
		return err
	}
	return fault.WithHint(fault.Errorf(fault.Service, "token %s was revoked, and %s still lists it as live", strings.Join(left, ", "), s.f.Service.Name),
		"run it again; if it stays, revoke it in the web page of the service")
}

// makeRoom revokes, at a service that takes no more tokens, those that nobody
// holds, that expired, or whose grace is over. The last look at the places is as
// before any other revocation: one that was changed may hold an old token again.
func (s *saga) makeRoom(ctx context.Context) error {
	most := s.f.Service.Issue.Max
	if most == 0 || len(s.plan.Tokens) < most && len(s.live) < most {
		return nil
	}
	if _, err := s.list(ctx); err != nil || len(s.live) < most {
		return err
	}
	if s.state.current != nil { // else no place is known to hold anything
		why, err := s.disturbed(ctx)
		if err == nil && why != "" {
			err = fault.Errorf(fault.Input, "%d of %d tokens, and the old ones stay: %s", len(s.live), most, why)
		}
		if err != nil {
			return err
		}
	}
	var spare []*token
	for id, seen := range s.live {
		if cur := s.state.inUse(); s.f.spare(s.state, seen, s.plan.Places) && (cur == nil || cur.id != id) {
			spare = append(spare, &token{id: id, name: seen.Name})
		}
	}
	slices.SortFunc(spare, func(a, b *token) int { return strings.Compare(a.id, b.id) })
	return s.revokeAll(ctx, spare, "room for another")
}

// leak revokes every token of this fleet for the repository at once, the one
// in use too. The caller replaces it right after. That they leaked is on disk
// before the first is revoked: a run that is cut off is not forgotten, but gone on
// with by whatever run is the next.
func (s *saga) leak(ctx context.Context) error {
	if _, err := s.list(ctx); err != nil {
		return err
	}
	now := s.f.now()
	if err := s.recordEach(s.exposed(), journal.Entry{Kind: journal.Retiring, NotBefore: &now, Reason: leaked}); err != nil {
		return err
	}
	err := s.endLeaked(ctx)
	s.plugged = err == nil
	return err
}

// endLeaked revokes what was found leaked, by this run or one that was cut off.
func (s *saga) endLeaked(ctx context.Context) error {
	tokens := s.state.those(func(t *token) bool { return t.leaked && !t.gone && !t.byHand })
	if len(tokens) == 0 {
		return nil // and the service need not be asked
	}
	return s.revokeAll(ctx, tokens, "it leaked")
}

// exposed returns the tokens that a leak of this repository's secret may have
// shown: those the journal knows, and those the service lists under a name of
// this fleet. Sorted, so that a run that is cut off and the next do the same.
func (s *saga) exposed() []*token {
	out := s.state.those(func(t *token) bool { return t.lives() && !t.byHand && !t.foreign })
	for id, seen := range s.live {
		if !s.state.knows(id) && s.f.claims(s.state.id, seen.Name) {
			out = append(out, &token{id: id, name: seen.Name})
		}
	}
	slices.SortFunc(out, func(a, b *token) int { return strings.Compare(a.id, b.id) })
	return out
}
