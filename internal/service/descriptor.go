package service

import (
	"context"
	"errors"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
	"github.com/gatewright/gatewright/internal/secret"
)

// Descriptor holds every fact about a service that others need to know. Each
// service's package exports one, and nothing else of the vendor is known
// outside of that package.
type Descriptor struct {
	Name      string          // as in --service
	Title     string          // for people
	Tokens    []TokenVariable // where its token may be, first set wins
	Prefix    string          // of its tokens; "" if they have none in common
	TokenIs   string          // what a token is called: "CodeAnt API token"
	TokenHint string          // where a token comes from
	Secret    string          // variable in which CI jobs expect the token, one of Tokens
	Address   string          // variable with the address of the API
	BaseURL   string          // address of the API where nobody names another
	// Origin makes the address of what users set Address to; nil: it is that.
	Origin func(address string) string

	Limits     pace.Profile // from which pacing, forecast and stand-in take them
	PerAddress bool         // the limits count by the caller's address, whatever its token
	Public     bool         // public repositories can be read without any token
	OnlyNamed  bool         // it is used where --service names it, and never chosen by a token
	OwnResults bool         // a scan takes the results of tools that ran in the job
	Repository RepositoryVariables
	Issue      Issue

	// Instead says what to do where the service lacks an ability.
	Instead map[Ability]string

	// Open makes the client, which implements what it can of this package's
	// interfaces. Nothing is sent.
	Open func(Connection) any
}

// TokenKind is what a token opens, at services that have tokens of several kinds.
type TokenKind string

// The kinds. AnyToken is one whose kind nobody said, or a service's only kind;
// NoToken is the absence of a token where none is needed.
const (
	AnyToken        TokenKind = ""
	RepositoryToken TokenKind = "repository"
	AccountToken    TokenKind = "account"
	NoToken         TokenKind = "none"
)

// TokenVariable is a variable that may hold a service's token.
type TokenVariable struct {
	Name   string
	Kind   TokenKind // the kind of token that belongs there
	Common bool      // others use the name too: the token must show by its prefix that it is the service's
}

// RepositoryVariables name the variables in which a service's own tools expect
// the repository; "" where there is none.
type RepositoryVariables struct{ Forge, Owner, Name string }

// Issue says what holds for the tokens that a service issues.
type Issue struct {
	Scoped      bool          // a token belongs to a repository or to the account, and which must be said
	TenantWide  bool          // tokens belong to the tenant, told apart by name alone
	Max         int           // tokens in one scope; 0: no known limit
	Longest     time.Duration // life of a token; 0: no known limit
	Usual       time.Duration // life of a token that nobody gave one; 0: the service's longest
	Permissions []string      // the least that a CI job needs; nil: there are none to choose
}

// Ability is something that not every service can do.
type Ability string

// The abilities, as in "X cannot …".
const (
	TakeCoverage   Ability = "take coverage"
	FollowCoverage Ability = "tell what became of coverage"
	EndCoverage    Ability = "end partial coverage"
	RunScans       Ability = "scan"
	GiveVerdicts   Ability = "judge"
	ListRuns       Ability = "list runs"
	ListTokens     Ability = "list tokens"
	CreateTokens   Ability = "create tokens"
	RevokeTokens   Ability = "revoke tokens"
)

// Connection is what a client is made of.
type Connection struct {
	Token secret.Value // empty for NoToken
	Kind  TokenKind
	// API reaches the service's address and sends no credential: adding it is
	// the service's part.
	API *rest.Client
	// Dial makes a client without a credential to another origin, which the
	// service named; system is its name in messages.
	Dial   func(system, origin string) (*rest.Client, error)
	Notify func(string) // told what the user should know of the token; may be nil
}

// Tell passes a note on if anybody listens.
func (c Connection) Tell(text string) {
	if c.Notify != nil {
		c.Notify(text)
	}
}

// KindOf returns the kind of token that belongs in the named variable.
func (d Descriptor) KindOf(variable string) TokenKind {
	for _, v := range d.Tokens {
		if v.Name == variable {
			return v.Kind
		}
	}
	return AnyToken
}

// ErrUnverified says that a service has no way to tell whether it accepts a
// token: that is neither yes nor no.
var ErrUnverified = errors.New("the service has no way to verify the token")

// Prove asks the service, with the connection's own token, whether that opens
// the scope. It returns nil only if it does, and an error for which
// errors.Is(err, ErrUnverified) holds if the service cannot tell.
func (d Descriptor) Prove(ctx context.Context, c Connection, s Scope) error {
	checker, ok := d.Open(c).(Checker)
	if !ok {
		return ErrUnverified
	}
	_, err := checker.Check(ctx, s)
	return err
}
