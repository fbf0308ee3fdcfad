package fleet

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// saga is the work on one repository in one run. One goroutine owns it.
type saga struct {
	f       *Fleet
	log     Log
	run     string
	repo    forge.Repository
	sub     *subject
	plan    Item // what was planned, and the tokens seen then
	count   int  // tokens minted for this repository in this run
	notes   []string
	values  []secret.Value // in hand, to be forgotten
	applied bool           // the current token was made by an earlier run of the same plan
	drift   bool           // the plan found a place changed, not by us
	// live is what the service lists, by id; nil until asked.
	live map[string]service.Token
}

func (s *saga) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// record writes the entry down and takes it in. Its error ends the run: what
// cannot be written down must not be done.
func (s *saga) record(e journal.Entry) error {
	e.At, e.Run, e.Subject, e.Repo = s.f.now(), s.run, s.sub.id, s.repo.Owner+"/"+s.repo.Name
	if err := s.log.Append(e); err != nil {
		return &journalError{err}
	}
	s.sub.apply(e)
	return nil
}

// journalError marks that nothing more can be written down.
type journalError struct{ error }

func (e *journalError) Unwrap() error { return e.error }

func (s *saga) scope() service.Scope {
	if s.f.Service.TenantWide {
		return service.Scope{}
	}
	return s.f.scopeOf(s.repo)
}

func (f *Fleet) scopeOf(repo forge.Repository) service.Scope {
	return service.Scope{Forge: f.provider(), Owner: repo.Owner, Name: repo.Name}
}

// provider is the forge's name at the service.
func (f *Fleet) provider() string {
	if f.Service.Provider != "" {
		return f.Service.Provider
	}
	return f.Forge.Name
}

// list asks the service for the tokens there are. ok is false if it cannot say.
func (s *saga) list(ctx context.Context) (ok bool, err error) {
	if s.live != nil {
		return true, nil
	}
	if s.f.Service.Tokens == nil {
		return false, nil
	}
	tokens, err := s.f.Service.Tokens.Tokens(ctx, s.scope())
	if unsupported(err) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	s.live = map[string]service.Token{}
	for _, t := range tokens {
		s.live[t.ID] = t
	}
	return true, nil
}

// renew gives the repository a token that works: the one an earlier run left
// on its way, or a new one.
func (s *saga) renew(ctx context.Context) error {
	if s.f.Service.Minter == nil {
		return s.hand(ctx)
	}
	if err := s.endLeaked(ctx); err != nil {
		return err
	}
	s.drift = s.drifted()
	t, err := s.settle(ctx)
	if err != nil {
		return err
	}
	if t != nil {
		err := s.finish(ctx, t, secret.Value{})
		if !useless(t, err) {
			return err
		}
		s.note("the token of run %s could not be stored: %v", t.run, err)
	}
	if err := s.writable(ctx); err != nil {
		return err
	}
	return s.fresh(ctx)
}

// drifted reports whether the plan found a place other than we had left it.
func (s *saga) drifted() bool {
	for _, p := range s.f.Policy.Places {
		if seen := s.plan.stat(p); seen != nil && seen.UpdatedAt != nil && s.sub.changed(p, *seen.UpdatedAt) {
			return true
		}
	}
	return false
}

// useless reports whether err ended the token's story: it was revoked, or its
// sealed form no longer opens.
func useless(t *token, err error) bool {
	return err != nil && !errors.As(err, new(*journalError)) && (!t.waiting() || rest.Status(err) == statusStaleKey)
}

// settle brings what earlier runs left to a known end, and gives the token
// that only has to be stored, if there is one.
func (s *saga) settle(ctx context.Context) (resume *token, err error) {
	open := s.sub.unfinished()
	if len(open) == 0 && !s.plan.stray() {
		return nil, nil
	}
	listed, err := s.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, t := range open {
		if t.phase == planned {
			err = s.settlePlanned(ctx, t, listed)
		} else if t == open[len(open)-1] && s.resumable(t, listed) {
			resume = t
		} else {
			err = s.settleMinted(ctx, t, listed)
		}
		if err != nil {
			return nil, err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.live)) {
		if seen := s.live[id]; s.sub.writtenOff(seen.Name) {
			if err := s.revoke(ctx, id, seen.Name, "its mint was answered after it had been given up"); err != nil {
				return nil, err
			}
		}
	}
	return resume, nil
}

// settlePlanned ends a token whose mint was never answered: nobody has its
// value, and no place was offered it.
func (s *saga) settlePlanned(ctx context.Context, t *token, listed bool) error {
	if !listed {
		s.note("%s cannot list tokens: look for one named %s and revoke it by hand", s.f.Service.Name, t.name)
		return s.record(journal.Entry{Kind: journal.Absent, Name: t.name, Reason: "the service cannot list tokens; look for it by hand"})
	}
	named := false
	for id, seen := range s.live {
		named = named || seen.Name != ""
		if seen.Name == t.name {
			return s.end(ctx, t, id, "its mint was never answered")
		}
	}
	if !named {
		for id := range s.live {
			if !slices.Contains(t.known, id) && !s.sub.knows(id) {
				s.note("token %s appeared while one was being minted; the service does not name its tokens, so look at it", id)
			}
		}
	}
	return s.record(journal.Entry{Kind: journal.Absent, Name: t.name, Reason: "not found at the service"})
}

// resumable reports whether a plain PUT is all that the token needs.
func (s *saga) resumable(t *token, listed bool) bool {
	if listed {
		if _, ok := s.live[t.id]; !ok {
			return false
		}
	}
	if t.expiresAt != nil && t.expiresAt.Sub(s.f.now()) <= s.f.Policy.RotateWithin {
		return false
	}
	for _, p := range s.f.Policy.Places {
		if !s.held(t, p) && sealedFor(t, p) == nil {
			return false
		}
	}
	return true
}

// held reports whether the place holds the token, as far as the journal and,
// for tokens of earlier runs, the forge's time of the last write tell. Where
// another machine was at work too, nothing tells.
func (s *saga) held(t *token, p Place) bool {
	w, ok := t.stored[p.String()]
	if !ok || t.run == s.run {
		return ok
	}
	for _, seen := range s.plan.Tokens {
		if seen.Ours && seen.Retire && !s.sub.knows(seen.ID) {
			return false
		}
	}
	seen := s.plan.stat(p)
	return seen == nil || seen.Exists && (seen.UpdatedAt == nil || !seen.UpdatedAt.After(w.at.Add(w.tolerance)))
}

func sealedFor(t *token, p Place) *journal.Sealed {
	for i := range t.sealed {
		if t.sealed[i].Place == p.String() {
			return &t.sealed[i]
		}
	}
	return nil
}

// settleAfter is how long a request whose answer was lost may still be under
// way: as long, a secret that it wrote may be overwritten and come back.
const settleAfter = 10 * time.Second

// settleMinted ends a token that cannot be resumed. One that a place may hold
// stays alive: it retires when its successor is in place.
func (s *saga) settleMinted(ctx context.Context, t *token, listed bool) error {
	if _, alive := s.live[t.id]; listed && !alive {
		return s.record(journal.Entry{Kind: journal.Revoked, Token: t.id, Name: t.name, Reason: "it was gone already"})
	}
	if t.doubtful() {
		if left := settleAfter - s.f.now().Sub(t.offered); left > 0 {
			return s.f.Clock.Sleep(ctx, left)
		}
		return nil
	}
	return s.end(ctx, t, t.id, "its value is lost, and no place was offered it")
}

// end revokes a token that, by the journal, no place was ever offered. The
// journal may have lost its end, as when an older copy is brought back: then
// the forge's times of writing must say the same, or the token lives on until
// its successor is in place.
func (s *saga) end(ctx context.Context, t *token, id, why string) error {
	if t.run == s.run || s.untouched(t) {
		return s.revoke(ctx, id, t.name, why)
	}
	s.note("token %s of run %s may be in use: it retires later", id, t.run)
	if t.phase == planned {
		if err := s.record(journal.Entry{Kind: journal.Minted, Token: id, Name: t.name, ExpiresAt: s.live[id].ExpiresAt}); err != nil {
			return err
		}
	}
	return s.record(journal.Entry{Kind: journal.Storing, Token: id, Name: t.name, Reason: "the secret was written since the token was planned"})
}

// untouched reports whether the forge says that no place was written since
// the token was planned.
func (s *saga) untouched(t *token) bool {
	for _, p := range s.f.Policy.Places {
		seen := s.plan.stat(p)
		if seen == nil || !seen.Exists && (s.sub.current != nil || s.f.now().Sub(t.planned.at) > time.Hour) {
			return false // gone, and who knows what it held last
		}
		if seen.Exists && (seen.UpdatedAt == nil || !seen.UpdatedAt.Before(t.planned.at.Add(-t.planned.tolerance))) {
			return false
		}
	}
	return true
}

// revoke ends a token at once. Only for tokens that no place can hold, that
// are past their grace, or that leaked.
func (s *saga) revoke(ctx context.Context, id, name, why string) error {
	if s.f.Service.Revoker == nil {
		return s.record(journal.Entry{Kind: journal.Retiring, Token: id, Name: name, Reason: byHand})
	}
	if err := s.f.Service.Revoker.Revoke(ctx, s.scope(), id); err != nil {
		return fmt.Errorf("revoke token %s (%s): %w", id, why, err)
	}
	delete(s.live, id)
	return s.record(journal.Entry{Kind: journal.Revoked, Token: id, Name: name, Reason: why})
}

// writable asks, before any token is made, whether all places can be written.
func (s *saga) writable(ctx context.Context) error {
	if s.f.Forge.Checker == nil {
		return nil
	}
	for _, p := range s.f.Policy.Places {
		if err := s.f.Forge.Checker.CanWrite(ctx, p.ref(s.repo, s.f.Policy.Secret)); err != nil {
			return err
		}
	}
	return nil
}

// mintTries is how often a mint whose answer was lost is made good in one run.
const mintTries = 2

// fresh mints a token and brings it home.
func (s *saga) fresh(ctx context.Context) error {
	var err error
	for range mintTries {
		var t *token
		var value secret.Value
		if t, value, err = s.mint(ctx); err == nil {
			return s.finish(ctx, t, value)
		}
		if refused(err) || errors.As(err, new(*journalError)) || ctx.Err() != nil {
			return err
		}
		s.live = nil
		if _, settled := s.settle(ctx); settled != nil {
			return fmt.Errorf("%w; and then: %w", err, settled)
		}
	}
	return err
}

// mint makes a token, proves it, and writes down its sealed form. On an error
// the token is revoked, or left in the journal for settle.
func (s *saga) mint(ctx context.Context) (*token, secret.Value, error) {
	s.count++
	name := s.f.tokenName(s.repo, s.run, s.count)
	if err := s.record(journal.Entry{Kind: journal.Planned, Name: name, Known: s.knownIDs(), UpdatedAt: s.f.stamp()}); err != nil {
		return nil, secret.Value{}, err
	}
	m, err := s.f.Service.Minter.Mint(ctx, s.request(name))
	if err != nil {
		if refused(err) {
			return nil, secret.Value{}, errors.Join(err, s.record(journal.Entry{Kind: journal.Absent, Name: name, Reason: "the service refused"}))
		}
		return nil, secret.Value{}, err
	}
	s.keep(m.Value)
	sealed, sealErr := s.seal(ctx, m.Value)
	if err := s.record(journal.Entry{Kind: journal.Minted, Token: m.ID, Name: name, ExpiresAt: m.ExpiresAt, Sealed: sealed}); err != nil {
		return nil, secret.Value{}, err
	}
	t := s.sub.byName(name)
	if s.live != nil {
		s.live[m.ID] = m.Token
	}
	if sealErr != nil {
		return nil, secret.Value{}, errors.Join(sealErr, s.revoke(ctx, t.id, t.name, "it could not be sealed"))
	}
	if err := s.prove(ctx, m.Value); err != nil {
		return nil, secret.Value{}, errors.Join(err, s.revoke(ctx, t.id, t.name, "the service does not accept it"))
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

func (s *saga) request(name string) service.MintRequest {
	r := service.MintRequest{Scope: s.scope(), Name: name, Permissions: s.f.Policy.Permissions}
	if life := s.f.life(); life > 0 {
		r.ExpiresAt = s.f.now().Add(life).Truncate(time.Second)
	}
	return r
}

func (f *Fleet) life() time.Duration {
	life := f.Policy.Life
	if limit := f.Service.MaxLife; limit > 0 && (life == 0 || life > limit) {
		return limit
	}
	return life
}

func (s *saga) knownIDs() []string {
	var ids []string
	for _, t := range s.plan.Tokens {
		ids = append(ids, t.ID)
	}
	return ids
}

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

// prove asks the service whether it accepts the token, before any place holds it.
func (s *saga) prove(ctx context.Context, v secret.Value) error {
	if s.f.Service.Prover == nil {
		return nil
	}
	var err error
	for i := range proveTries {
		if i > 0 {
			if err := s.f.Clock.Sleep(ctx, provePause<<i); err != nil {
				return err
			}
		}
		err = s.f.Service.Prover.Prove(ctx, s.scope(), v)
		if err == nil || unsupported(err) {
			return nil
		}
	}
	return fmt.Errorf("ask %s with the new token: %w", s.f.Service.Name, err)
}

// finish stores the token in every place that does not hold it yet, and lets
// the tokens before it retire. value is empty for a token whose sealed form
// an earlier run left.
func (s *saga) finish(ctx context.Context, t *token, value secret.Value) error {
	clean := t.phase < storing && (t.run == s.run || s.untouched(t)) // no place can hold it yet
	var places []string
	for _, p := range s.f.Policy.Places {
		if !s.held(t, p) {
			places = append(places, p.String())
		}
	}
	if len(places) > 0 {
		if err := s.record(journal.Entry{Kind: journal.Storing, Token: t.id, Name: t.name, Places: places}); err != nil {
			return err
		}
	}
	for _, p := range s.f.Policy.Places {
		if s.held(t, p) {
			continue
		}
		if err := s.store(ctx, t, p, value); err != nil {
			if clean && refused(err) && (lasting(err) || len(t.sealed) == 0) && s.f.Service.Minter != nil {
				return errors.Join(err, s.revoke(ctx, t.id, t.name, placeRefused))
			}
			return err
		}
		clean = false
	}
	if err := s.record(journal.Entry{Kind: journal.Verified, Token: t.id, Name: t.name, ExpiresAt: t.expiresAt}); err != nil {
		return err
	}
	return s.replace(ctx, t)
}

// store puts the token into one place. After a lost answer it looks whether
// the place was written.
func (s *saga) store(ctx context.Context, t *token, p Place, value secret.Value) error {
	ref := p.ref(s.repo, s.f.Policy.Secret)
	before := s.plan.stat(p)
	var written forge.Written
	var err error
	if sealed := sealedFor(t, p); sealed != nil {
		written, err = s.f.Forge.Sealer.PutSealed(ctx, ref, forge.Sealed{KeyID: sealed.KeyID, Text: sealed.Text})
		if rest.Status(err) == statusStaleKey && !value.Empty() {
			written, err = s.f.Forge.Secrets.Put(ctx, ref, value) // the key was replaced meanwhile; Put asks for the new one
		}
	} else {
		written, err = s.f.Forge.Secrets.Put(ctx, ref, value)
	}
	if err != nil {
		return err
	}
	how := "replaced"
	if written == forge.Created {
		how = "created"
	}
	if before != nil && before.Exists != (written == forge.Replaced) {
		s.note("%s was %s, which the plan did not expect: somebody changed it since", p, how)
	}
	return s.record(journal.Entry{Kind: journal.Stored, Token: t.id, Name: t.name, Place: p.String(), Reason: how, UpdatedAt: s.f.stamp()})
}

// statusStaleKey is GitHub's answer to a secret sealed with a key it replaced.
const statusStaleKey = 422

// replace writes down which tokens retire now that t is in place, and when:
// all others that a place held or may have held, and those the plan chose.
func (s *saga) replace(ctx context.Context, t *token) error {
	notBefore := s.f.now().Add(s.f.Policy.Grace)
	doubt := false
	for _, old := range slices.Clone(s.sub.tokens) {
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
		if !seen.Retire || seen.ID == t.id || s.sub.knows(seen.ID) {
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
		if err := s.observe(ctx); err != nil {
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
	if s.sub.settled || len(s.sub.retiring()) > 0 || len(s.sub.unfinished()) > 0 {
		return nil
	}
	return s.record(journal.Entry{Kind: journal.Done})
}

// observe writes down when the forge says each place was last written.
func (s *saga) observe(ctx context.Context) error {
	if s.f.Forge.Stater == nil {
		return nil
	}
	for _, p := range s.f.Policy.Places {
		st, err := s.f.Forge.Stater.Stat(ctx, p.ref(s.repo, s.f.Policy.Secret))
		if err != nil {
			return fmt.Errorf("look at %s: %w", p, err)
		}
		if s.sub.changed(p, st.UpdatedAt) {
			continue // not by us: the next plan sees it too, and rotates
		}
		if err := s.observed(p, st.UpdatedAt); err != nil {
			return err
		}
	}
	return nil
}

func (s *saga) observed(p Place, at time.Time) error {
	if at.IsZero() || s.sub.observed[p.String()].Equal(at) {
		return nil
	}
	return s.record(journal.Entry{Kind: journal.Observed, Place: p.String(), UpdatedAt: &at})
}

// hand gives the repository the one token that all share.
func (s *saga) hand(ctx context.Context) error {
	if err := s.writable(ctx); err != nil {
		return err
	}
	t := s.sub.byID(s.f.givenID(), "")
	if t.retiring {
		return fault.Errorf(fault.Input, "this token was replaced here before; it is not stored again")
	}
	return s.finish(ctx, t, s.f.Service.Given)
}

// givenID stands for the token that all repositories share.
func (f *Fleet) givenID() string { return "fingerprint:" + f.Service.Given.Fingerprint() }
