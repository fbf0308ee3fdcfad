package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// mintTries is how often a mint whose answer was lost is made good in one run.
const mintTries = 2

// fresh mints a token and brings it home. A mint whose answer was lost is made good
// by another after what it may have made was looked for: left alone, it would be a
// live token that nobody holds, and at a service with a limit the last there is
// room for. After a refusal, when nothing can be written down, or when the run was told
// to stop while it waited, there is no other.
func (s *saga) fresh(ctx context.Context) error {
	var err error
	for range mintTries {
		var t *token
		var value secret.Value
		if t, value, err = s.mint(ctx); err == nil {
			return s.finish(ctx, t, value)
		}
		if refused(err) || errors.As(err, new(*journalError)) || errors.Is(err, context.Canceled) || ctx.Err() != nil {
			return err
		}
		s.live = nil
		if settled := s.recoverAll(ctx); settled != nil {
			return fmt.Errorf("%w; and then: %w", err, settled)
		}
	}
	return err
}

// mint makes a token, proves it, and writes down its sealed form. On an error
// the token is revoked, or left in the journal for recoverPending. It is sealed
// before it is written down as minted, so that one line says both: no journal has a
// token that could have been kept without its sealed form. The ids that there were
// before are written down for services that do not name their tokens.
func (s *saga) mint(ctx context.Context) (*token, secret.Value, error) {
	s.count++
	name := s.f.tokenName(s.repo, s.run, s.count)
	if err := s.record(journal.Entry{Kind: journal.Planned, Name: name, Known: s.knownIDs(), UpdatedAt: s.f.stamp()}); err != nil {
		return nil, secret.Value{}, err
	}
	m, err := s.f.Service.Minter.Mint(ctx, s.request(name))
	if refused(err) {
		err = errors.Join(err, s.record(journal.Entry{Kind: journal.Absent, Name: name, Reason: "the service refused"}))
	}
	if err != nil {
		return nil, secret.Value{}, err
	}
	s.keep(m.Value) // before anybody can answer with it
	sealed, sealErr := s.seal(ctx, m.Value)
	// Also where it could not be sealed: it exists, and must be known to be revoked.
	if err := s.record(journal.Entry{Kind: journal.Minted, Token: m.ID, Name: name, ExpiresAt: m.ExpiresAt, Sealed: sealed}); err != nil {
		return nil, secret.Value{}, err
	}
	if asked := s.f.now().Add(s.f.Policy.Life - 24*time.Hour); s.f.Policy.Life > 0 && m.ExpiresAt != nil && m.ExpiresAt.Before(asked) {
		s.note("it ends on %s: %s gives no longer life", day(m.ExpiresAt), s.f.Service.Name)
	}
	t := s.state.token(m.ID, name)
	if s.live != nil {
		s.live[m.ID] = m.Token
	}
	if sealErr != nil {
		return nil, secret.Value{}, errors.Join(sealErr, s.revoke(ctx, t, "it could not be sealed"))
	}
	if err := s.prove(ctx, m.Value); err != nil { // a store of it would break the repository
		return nil, secret.Value{}, errors.Join(err, s.revoke(ctx, t, "the service does not accept it"))
	}
	return t, m.Value, nil
}

// keep scrubs the value from whatever a server or a library may say of it.
func (s *saga) keep(v secret.Value) {
	if s.f.Redact != nil {
		s.f.Redact.Add(v)
		s.values = append(s.values, v)
	}
}

// drop ends keep: of ten thousand tokens only those in hand are looked for.
func (s *saga) drop() {
	for _, v := range s.values {
		s.f.Redact.Forget(v)
	}
}

// request asks for whole seconds, which is what services keep of a time.
func (s *saga) request(name string) service.MintRequest {
	r := service.MintRequest{Scope: s.scope(), Name: name, Permissions: s.f.Policy.Permissions}
	if life := s.f.life(); life > 0 {
		r.ExpiresAt = s.f.now().Add(life).Truncate(time.Second)
	}
	return r
}

// life is how long new tokens live, 0 if they need not end. The service's longest
// is what a longer wish comes to: it would be refused, or cut without a word.
func (f *Fleet) life() time.Duration {
	life := f.Policy.Life
	if limit := f.Service.Issue.Longest; limit > 0 && (life == 0 || life > limit) {
		return limit
	}
	return life
}

func (s *saga) knownIDs() (ids []string) {
	for _, t := range s.plan.Tokens {
		ids = append(ids, t.ID)
	}
	return ids
}

// seal encrypts the token for every place that has a key. What is sealed can be
// stored by a later run; a place without a key needs the value, which is nowhere.
func (s *saga) seal(ctx context.Context, v secret.Value) ([]journal.Sealed, error) {
	if s.f.Forge.Sealer == nil {
		return nil, nil
	}
	var out []journal.Sealed
	for _, p := range s.f.Policy.Places {
		sealed, err := s.f.Forge.Sealer.Seal(ctx, p.ref(s.repo, s.f.Policy.Secret), v)
		if unsupported(err) {
			continue // a place without a key: its value is put as it is
		}
		if err != nil {
			return nil, fmt.Errorf("seal the token for %s: %w", p, err)
		}
		out = append(out, journal.Sealed{Place: p.String(), KeyID: sealed.KeyID, Text: sealed.Text})
	}
	return out, nil
}

// proveTries and provePause bound how long a token may take to be known
// everywhere at the service.
const (
	proveTries = 4
	provePause = time.Second
)

// prove asks the service whether it accepts the token, before any place holds
// it. A service that has no way to tell is believed to have meant what it minted.
// Every error but that is tried again: a 401 is also what a machine of the service
// answers that has not heard of the token yet.
func (s *saga) prove(ctx context.Context, v secret.Value) error {
	if s.f.Service.Prove == nil {
		return nil
	}
	var err error
	for i := range proveTries {
		if i > 0 {
			if err := s.pause(ctx, provePause<<i, fmt.Sprintf("%s does not accept the new token yet", s.f.Service.Name)); err != nil {
				return err
			}
		}
		err = s.f.Service.Prove(ctx, s.scope(), v)
		switch {
		case err == nil:
			return nil
		case errors.Is(err, service.ErrUnverified), unsupported(err), missing(err):
			s.note("unverified: %s has no way to tell whether it accepts the token", s.f.Service.Name)
			return nil
		}
	}
	return fmt.Errorf("ask %s with the new token: %w", s.f.Service.Name, err)
}
