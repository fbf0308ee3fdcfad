package fleet

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fleet/journal"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/secret"
	"github.com/gatewright/gatewright/internal/service"
)

// The abilities that the fleet asks of a service and of a forge, one interface
// each. What they promise is said in packages service and forge.
type (
	minter interface {
		Mint(ctx context.Context, r service.MintRequest) (service.Minted, error)
	}
	tokenLister interface {
		Tokens(ctx context.Context, s service.Scope) ([]service.Token, error)
	}
	revoker interface {
		Revoke(ctx context.Context, s service.Scope, id string) error
	}
	serviceRepositories interface {
		Repositories(ctx context.Context, forge, owner string) ([]service.Repository, error)
	}
	putter interface {
		Put(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Written, error)
	}
	sealer interface {
		Seal(ctx context.Context, ref forge.Ref, value secret.Value) (forge.Sealed, error)
		PutSealed(ctx context.Context, ref forge.Ref, sealed forge.Sealed) (forge.Written, error)
	}
	stater interface {
		Stat(ctx context.Context, ref forge.Ref) (forge.Stat, error)
	}
	writeChecker interface {
		CanWrite(ctx context.Context, ref forge.Ref) error
	}
	forgeRepositories interface {
		Repositories(ctx context.Context, owner string, f forge.Filter) iter.Seq2[forge.Repository, error]
	}
	// prover asks the service whether it accepts a token that was just minted,
	// with that token itself. nil means yes.
	prover interface {
		Prove(ctx context.Context, s service.Scope, value secret.Value) error
	}
)

// Service is the token service's side. Tokens are minted there, or, if Minter
// is nil, one given token is handed to all repositories.
type Service struct {
	Name         string // "codacy"
	Provider     string // how the service names the forge, if not by the forge's own name
	Minter       minter
	Tokens       tokenLister         // nil, or an error that is errors.ErrUnsupported: it cannot list
	Revoker      revoker             // nil: tokens are revoked by hand
	Prover       prover              // nil: there is no way to ask
	Repositories serviceRepositories // nil: every repository counts as added
	TenantWide   bool                // tokens belong to the tenant, told apart by name alone
	MaxTokens    int                 // per scope; 0: no known limit
	MaxLife      time.Duration       // longest life of a token; 0: no known limit
	Given        secret.Value        // the one token to hand out where Minter is nil
	Limits       []Limit
}

// Forge is the side of the repositories and their secrets.
type Forge struct {
	Name         string // "github"
	Repositories forgeRepositories
	Secrets      putter
	Sealer       sealer       // nil: values cannot be sealed
	Stater       stater       // nil: nothing tells when a secret was written
	Checker      writeChecker // nil: only a write shows whether it is allowed
	Limits       []Limit
}

// Limit is one rate limit of a host, for the forecast: a window and what a
// reading and a writing request take from it.
type Limit struct {
	Name  string
	Cap   int
	Per   time.Duration
	Read  int
	Write int
}

// Place is one spot in a repository where its token is kept.
type Place struct {
	Store       forge.Store
	Environment string
	Holder      string // variable group or pipeline on Azure DevOps; {repository} stands for the repository's name
}

// shared reports whether several repositories would write into the same secret.
func (p Place) shared() bool { return p.Holder != "" && !strings.Contains(p.Holder, repositoryWord) }

const repositoryWord = "{repository}"

// String names the place within its repository, in the journal too.
func (p Place) String() string {
	s := string(p.Store)
	if p.Holder != "" {
		s += ":" + p.Holder
	}
	if p.Environment != "" {
		s += "@" + p.Environment
	}
	return s
}

func (p Place) ref(repo forge.Repository, name string) forge.Ref {
	return forge.Ref{Store: p.Store, Owner: repo.Owner, Repo: repo.Name, Environment: p.Environment, Holder: strings.ReplaceAll(p.Holder, repositoryWord, repo.Name), Name: name}
}

// Policy says what the user wants.
type Policy struct {
	Org          string
	Owner        string // whose tokens these are, the first word of their names; default "gw"
	Secret       string // name of the secret in every place
	Places       []Place
	Filter       forge.Filter
	Shard        Shard
	Life         time.Duration // of new tokens; 0: the service's longest
	Permissions  []string
	RotateWithin time.Duration // rotate what expires sooner
	MaxAge       time.Duration // rotate what is older; 0: never for age
	Grace        time.Duration // how long an old token lives on after its successor is in place
	Force        bool          // rotate whatever is kept otherwise
	AdoptSecrets bool          // replace secrets that this tool did not write
	AdoptTokens  []string      // globs: tokens this tool did not make that may be retired with their secret
	KeepDrift    bool          // leave a secret alone that somebody else changed
}

// Log is where the fleet writes down what it does; *journal.Journal is one.
type Log interface {
	Append(e journal.Entry) error
}

// Clock tells the time; tests have their own.
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
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Fleet joins the parts. It is safe for concurrent use as far as they are.
type Fleet struct {
	Service Service
	Forge   Forge
	Policy  Policy
	Clock   Clock
	// ServerTime is the time by the forge's own clock, zero if it did not answer
	// yet; nil: never known. Where it is known it is believed rather than Clock:
	// grace and expiry must not hang on a machine whose clock jumps.
	ServerTime func() time.Time
	// Redact is told every new token as long as it is in hand; may be nil.
	Redact  *secret.Redactor
	Workers int // repositories worked on at once; default 32
}

func (f *Fleet) now() time.Time {
	if at := f.stamp(); at != nil {
		return *at
	}
	return f.Clock.Now().UTC()
}

// stamp is the forge's time, nil if unknown.
func (f *Fleet) stamp() *time.Time {
	if f.ServerTime == nil {
		return nil
	}
	at := f.ServerTime().UTC()
	if at.IsZero() {
		return nil
	}
	return &at
}

func (f *Fleet) workers() int {
	if f.Workers > 0 {
		return f.Workers
	}
	return 32
}
