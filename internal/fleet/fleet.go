package fleet

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// Service is the token service's side. Tokens are minted there, or, if Minter
// is nil, one given token is handed to all repositories. Of what may be nil, each
// is something that the saga does without, and says so.
type Service struct {
	Name         string // "codacy"
	Address      string // of its API; a plan made for another is stale
	Provider     string // how the service names the forge, if not by the forge's own name
	Minter       service.Minter
	Tokens       service.TokenLister      // nil, or an error that is errors.ErrUnsupported: it cannot list
	Revoker      service.Revoker          // nil: tokens are revoked by hand
	Repositories service.RepositoryLister // nil: every repository counts as added
	Adder        service.RepositoryAdder  // nil: its API adds none
	Issue        service.Issue            // what holds for its tokens
	Given        secret.Value             // the one token to hand out where Minter is nil
	Limits       pace.Profile             // for the forecast

	// Prove asks the service, with a token that was just minted, whether it accepts
	// it: nil means yes, service.ErrUnverified that it cannot be asked. A nil Prove:
	// there is no way to ask.
	Prove func(ctx context.Context, s service.Scope, value secret.Value) error
}

// Forge is the side of the repositories and their secrets. Of its client the
// Stater and the WriteChecker may be nil too: then nothing shows when a secret was
// written, and only a write shows whether it is allowed.
type Forge struct {
	forge.Forge
	Name    string       // "github"
	Address string       // of its API; a plan made for another is stale
	Host    string       // part of every repository's identity; "" for the public one
	AnyCase bool         // secrets whose names differ by case alone are one
	Limits  pace.Profile // for the forecast
}

// Clock is the time; tests have their own.
type Clock interface {
	Now() time.Time
	// Sleep waits, or ends early with the context's error.
	Sleep(ctx context.Context, d time.Duration) error
}

// RealClock is the machine's clock.
type RealClock struct{}

// Now is time.Now in UTC.
func (RealClock) Now() time.Time { return time.Now().UTC() }

// Sleep waits for d or the context's end.
func (RealClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fleet joins the parts. It is safe for concurrent use as far as they are. Nothing in
// it changes while it is at work: what a run learns is in its sagas and the journal.
type Fleet struct {
	Service Service
	Forge   Forge
	Policy  Policy
	Clock   Clock
	// ServerTime is the time by the forge's own clock, zero if it did not answer
	// yet; nil: never known. Where it is known it is believed rather than Clock:
	// grace and expiry must not hang on a machine whose clock jumps.
	ServerTime func() time.Time
	// Notify is told of waits that people notice; may be nil.
	Notify func(string)
	// Redact is told every new token as long as it is in hand; may be nil.
	Redact  *secret.Redactor
	Workers int // repositories worked on at once; default 32
}

// now is the time by which tokens age: the forge's where it is known.
func (f *Fleet) now() time.Time {
	if at := f.stamp(); at != nil {
		return *at
	}
	return f.Clock.Now().UTC()
}

// stamp is the forge's time, nil if unknown. An entry that has it can be compared
// with the times of writing that the forge shows, to serverTolerance.
func (f *Fleet) stamp() *time.Time {
	if f.ServerTime == nil || f.ServerTime().IsZero() {
		return nil
	}
	at := f.ServerTime().UTC()
	return &at
}

func (f *Fleet) workers() int {
	if f.Workers > 0 {
		return f.Workers
	}
	return 32
}
