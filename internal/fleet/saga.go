package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// saga is the work on one repository in one run. One goroutine owns it. Each
// remote call that leaves something behind stands between two entries of the
// journal; what a call may have done whose answer was lost is decided by
// recoverPending, in this run or in the next, and nowhere else.
type saga struct {
	f       *Fleet
	j       journal.Session
	run     string
	repo    forge.Repository
	state   *repoState
	plan    Item     // what was planned, and the tokens seen then
	before  []string // ids of tokens that were gone when the step began
	sent    []string // ids of those that the step revoked, gone before or not
	count   int      // tokens minted for this repository in this run
	notes   []string
	hint    string         // what to do about the last of them
	values  []secret.Value // in hand, to be forgotten
	applied bool           // the current token was made by an earlier run of the same plan
	once    *once          // what is done once for all repositories of the run
	drift   bool           // the plan found a place changed, not by us
	aged    bool           // the plan was old when the run began
	// unauthorized says that the step ended in a 401, plugged that nothing is left of
	// what leaked.
	unauthorized, plugged bool
	// live is what the service lists, by id; nil until asked.
	live map[string]service.Token
}

// pause waits, after a word to whoever watches, and ends at once when the run is
// told to stop: ctx itself lives on for a while then (see finishing).
func (s *saga) pause(ctx context.Context, d time.Duration, why string) error {
	if s.f.Notify != nil && d >= time.Second {
		s.f.Notify(fmt.Sprintf("%s: %s; going on in %s", fullName(s.repo), why, d.Round(time.Second)))
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-rest.Stopped(ctx): // nil, and so never, where nobody can stop the run
			cancel()
		case <-ctx.Done():
		}
	}()
	return s.f.Clock.Sleep(ctx, d)
}

// revoked returns the ids of the tokens that came to their end in this step, also of
// those that the journal had held to be gone.
func (s *saga) revoked() []string {
	return slices.DeleteFunc(s.state.goneIDs(), func(id string) bool { return slices.Contains(s.before, id) && !slices.Contains(s.sent, id) })
}

func (s *saga) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// record writes the entry down and takes it in, in this order: state is what is on
// disk. Its error ends the run: what cannot be written down must not be done.
func (s *saga) record(e journal.Entry) error {
	e.At, e.Run, e.Subject, e.Repo = s.f.now(), s.run, s.state.id, fullName(s.repo)
	if err := s.j.Append(e); err != nil {
		return &journalError{err}
	}
	s.state.apply(e)
	return nil
}

// journalError marks that nothing more can be written down.
type journalError struct{ error }

func (e *journalError) Unwrap() error { return e.error }

func (s *saga) scope() service.Scope {
	if s.f.Service.Issue.TenantWide {
		return service.Scope{}
	}
	return s.f.scopeOf(s.repo)
}

func (f *Fleet) scopeOf(repo forge.Repository) service.Scope {
	return service.Scope{Forge: f.provider(), Owner: repo.Owner, Name: repo.Name}
}

// provider is the forge's name at the service: one that is hosted by its user has
// another there.
func (f *Fleet) provider() string { return cmp.Or(f.Service.Provider, f.Forge.Name) }

// list asks the service for the tokens there are. ok is false if it cannot say. It
// asks once; who needs to know what is there now sets live to nil.
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

// renew puts in place for the repository a token that works: the one an earlier run left
// on its way, or a new one.
func (s *saga) renew(ctx context.Context) error {
	if s.plan.Add { // a token of a repository that the service does not know is refused
		if err := s.f.Service.Adder.AddRepository(ctx, s.scope()); err != nil {
			return err
		}
	}
	if s.f.Service.Minter == nil {
		return inTurn(ctx, s.unclaimed, s.writable, s.hand)
	}
	if err := inTurn(ctx, s.endLeaked, s.unclaimed); err != nil {
		return err
	}
	s.drift = s.drifted() // before a store of this run changes what is compared
	// What an earlier run left is stored rather than another minted: at a service
	// with a limit there may be no room for both.
	t, err := s.recoverPending(ctx)
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
	return inTurn(ctx, s.writable, s.makeRoom, s.fresh)
}

// unclaimed refuses to write where an old plan saw nothing, and where a secret is by now
// that is not this tool's. A plan that was just made is not worth another request for
// each repository.
func (s *saga) unclaimed(ctx context.Context) error {
	if !s.aged || s.f.Policy.AdoptSecrets || s.f.Forge.Stater == nil {
		return nil
	}
	for _, p := range s.f.Policy.Places {
		if seen := s.plan.stat(p); seen == nil || seen.Exists || p.shared() || s.state.wrote(p.String()) {
			continue
		}
		st, err := s.f.Forge.Stater.Stat(ctx, p.ref(s.repo, s.f.Policy.Secret))
		switch {
		case missing(err), unsupported(err), err == nil && st.Ours:
		case err != nil:
			return fmt.Errorf("look at %s: %w", p, err)
		default:
			return fault.WithHint(fault.Errorf(fault.Input, "the secret in %s was written since the plan was made, not by this tool", p), "it is left alone; --adopt replaces it")
		}
	}
	return nil
}

// writable asks, before any token is made, whether all places can be written: a
// token that is then refused everywhere would have to be revoked again.
func (s *saga) writable(ctx context.Context) error {
	if s.f.Forge.WriteChecker == nil {
		return nil
	}
	for _, p := range s.f.Policy.Places {
		if p.Org != "" {
			continue // once for all sees to it
		}
		if err := s.f.Forge.WriteChecker.CanWrite(ctx, p.ref(s.repo, s.f.Policy.Secret)); err != nil {
			return err
		}
	}
	return nil
}
