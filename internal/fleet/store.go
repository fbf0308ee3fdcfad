package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// drifted reports whether the plan found a place other than we had left it.
func (s *saga) drifted() bool {
	return slices.ContainsFunc(s.f.Policy.Places, func(p Place) bool { return s.state.changed(p, s.plan.stat(p)) })
}

// useless reports whether err ended the token's story: it was revoked, or its
// sealed form no longer opens. Then another is minted in the same run.
func useless(t *token, err error) bool {
	return err != nil && !errors.As(err, new(*journalError)) && (!t.waiting() || rest.Status(err) == statusStaleKey)
}

// finish stores the token in every place that does not hold it yet, and lets
// the tokens before it retire. value is empty for a token whose sealed form
// an earlier run left.
//
// A store that failed may have been carried out. So the token is revoked only if it
// is certain that no place can hold it (clean): none was offered it before, and this
// first one refused, for a reason that will last or with nothing kept to try again
// with. In all other cases it stays in the journal, for the next run to store.
func (s *saga) finish(ctx context.Context, t *token, value secret.Value) error {
	// Of an earlier run's token the journal may be an older copy, so the forge must
	// say the same.
	clean := t.phase < storing && (t.run == s.run || s.untouched(t)) // no place can hold it yet
	e := journal.Entry{Kind: journal.Storing, Token: t.id, Name: t.name}
	for _, p := range s.f.Policy.Places {
		if !s.held(t, p) {
			e.Places = append(e.Places, p.String())
		}
	}
	if len(e.Places) > 0 {
		if err := s.record(e); err != nil {
			return err
		}
	}
	for _, p := range s.f.Policy.Places {
		if s.held(t, p) {
			continue
		}
		if err := s.store(ctx, t, p, value); err != nil {
			if clean && refused(err) && (lasting(err) || len(t.sealed) == 0) && s.f.Service.Minter != nil {
				return errors.Join(err, s.revoke(ctx, t, placeRefused))
			}
			return err
		}
		clean = false // one place holds it
	}
	if err := s.record(journal.Entry{Kind: journal.Verified, Token: t.id, Name: t.name, ExpiresAt: t.expiresAt}); err != nil {
		return err
	}
	return s.replace(ctx, t)
}

// store puts the token into one place. If the answer is lost, the journal says
// no more than that the place may hold it. The forge's time stands in the entry, not
// that of the secret: an answer to a PUT does not have it.
func (s *saga) store(ctx context.Context, t *token, p Place, value secret.Value) error {
	written, err := s.put(ctx, t, p, value)
	if err != nil {
		return err
	}
	how := "replaced"
	if written == forge.Created {
		how = "created"
	}
	if before := s.plan.stat(p); before != nil && written != 0 && !p.shared() && before.Exists != (written == forge.Replaced) {
		s.note("%s was %s, which the plan did not expect: somebody changed it since", p, how)
	}
	return s.record(journal.Entry{Kind: journal.Stored, Token: t.id, Name: t.name, Place: p.String(), Reason: how, UpdatedAt: s.f.stamp()})
}

// put sends the sealed form where there is one, also where the value is in hand: it
// is what the next run would send.
func (s *saga) put(ctx context.Context, t *token, p Place, value secret.Value) (forge.Written, error) {
	if p.shared() {
		return s.once.put(ctx, s.repo, p, value)
	}
	ref := p.ref(s.repo, s.f.Policy.Secret)
	if sealed := sealedFor(t, p); sealed != nil {
		written, err := s.f.Forge.Sealer.PutSealed(ctx, ref, forge.Sealed{KeyID: sealed.KeyID, Text: sealed.Text})
		if rest.Status(err) != statusStaleKey || value.Empty() {
			return written, err
		}
		// The key was replaced meanwhile; Put asks for the new one.
	}
	return s.f.Forge.Put(ctx, ref, value)
}

// statusStaleKey is GitHub's answer to a secret sealed with a key it replaced.
const statusStaleKey = 422

// replace writes down which tokens retire now that t is in place, and when:
// all others that a place held or may have held, and those the plan chose. The
// grace runs from here and not from the mint: until t was stored jobs read the old
// one. Nothing is revoked here, however short the grace: that is retire's to do,
// after a look.
func (s *saga) replace(ctx context.Context, t *token) error {
	notBefore := s.f.now().Add(s.f.Policy.Grace)
	doubt := false
	for _, old := range slices.Clone(s.state.tokens) {
		if old == t || old.gone || old.id == "" || old.byHand || !old.retiring && old.phase < storing {
			continue
		}
		if old.retiring && !s.drift {
			continue // after a drift its grace begins anew: it may have been put back
		}
		doubt = doubt || old.doubtful()
		if err := s.retireLater(old.id, old.name, notBefore); err != nil {
			return err
		}
	}
	for _, seen := range s.plan.Tokens {
		if !seen.Retire || seen.ID == t.id || s.state.knows(seen.ID) {
			continue
		}
		// The plan's word is advice: the service's list says whose it is. What is not
		// in it has no name, which is nobody's.
		if _, err := s.list(ctx); err != nil {
			return err
		}
		if !s.f.claims(s.state.id, s.live[seen.ID].Name) {
			continue
		}
		doubt = true
		if err := s.retireLater(seen.ID, seen.Name, notBefore); err != nil {
			return err
		}
	}
	if doubt {
		// A PUT of a doubtful token may still be under way somewhere. What the
		// places say now is what they must say when it is revoked.
		if err := s.observe(ctx); errors.As(err, new(*journalError)) {
			return err
		} else if err != nil {
			s.note("%v", err)
		}
	}
	return s.done()
}

func (s *saga) retireLater(id, name string, notBefore time.Time) error {
	e := journal.Entry{Kind: journal.Retiring, Token: id, Name: name, NotBefore: &notBefore}
	if s.f.Service.Revoker == nil {
		e.Reason, e.NotBefore = byHand, nil
		s.note("revoke token %s at %s by hand once queued jobs are through", id, s.f.Service.Name)
	}
	return s.record(e)
}

func (s *saga) done() error {
	if s.state.done || len(s.state.retiring()) > 0 || len(s.state.unfinished()) > 0 {
		return nil
	}
	return s.record(journal.Entry{Kind: journal.Done})
}

// observe writes down when the forge says each place was last written. From then on
// only that very time counts as ours (see changed).
func (s *saga) observe(ctx context.Context) error {
	if s.f.Forge.Stater == nil {
		return nil
	}
	for _, p := range s.f.Policy.Places {
		st, err := s.f.Forge.Stater.Stat(ctx, p.ref(s.repo, s.f.Policy.Secret))
		if err != nil {
			return fmt.Errorf("look at %s: %w", p, err)
		}
		if s.state.changed(p, seenAs(p, st)) {
			continue // not by us: the next plan sees it too, and rotates
		}
		if err := s.observed(p, st.UpdatedAt); err != nil {
			return err
		}
	}
	return nil
}

func (s *saga) observed(p Place, at time.Time) error {
	if at.IsZero() || s.state.observed[p.String()].Equal(at) || s.state.precedesOurs(p, at) {
		return nil
	}
	return s.record(journal.Entry{Kind: journal.Observed, Place: p.String(), UpdatedAt: &at})
}

// hand stores in the repository the one token that all share. One that was replaced
// here is on its way to be revoked by a person, for every repository at once.
func (s *saga) hand(ctx context.Context) error {
	t := s.state.token(s.f.givenID(), "")
	if t.retiring {
		return fault.WithHint(fault.Errorf(fault.Input, "this token was replaced or removed here before; it is not stored again"),
			"make another at %s, and hand that out", s.f.Service.Name)
	}
	return s.finish(ctx, t, s.f.Service.Given)
}

// givenID stands for the token that all repositories share.
func (f *Fleet) givenID() string { return "fingerprint:" + f.Service.Given.Fingerprint() }
