package service

import (
	"context"
	"errors"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/repo"
	"github.com/gatewright/gatewright/internal/secret"
)

// Token is what a service knows of a token it issued. Its value is not part of it.
type Token struct {
	ID          string     `json:"id"`
	Name        string     `json:"name,omitempty"`
	Permissions []string   `json:"permissions,omitempty"`
	CreatedAt   *time.Time `json:"createdAt,omitempty"`
	ExpiresAt   *time.Time `json:"expiresAt,omitempty"` // nil: never, or not told
	LastFour    string     `json:"lastFour,omitempty"`
}

// Scope is what a token is for: one repository, or with an empty Name and
// Owner the caller's own account or tenant.
type Scope = repo.Repo

// MintRequest asks for a token.
type MintRequest struct {
	Scope       Scope
	Name        string
	Permissions []string
	ExpiresAt   time.Time // zero: the service's default or longest
}

// Minted is a new token with its value, which the service shows this once.
type Minted struct {
	Token
	Value secret.Value
}

// Minter creates tokens. Mint never repeats a request whose answer was lost:
// it returns an error for which Ambiguous is true, and the caller looks.
type Minter interface {
	Mint(ctx context.Context, r MintRequest) (Minted, error)
}

// TokenLister lists the tokens of a scope, newest first.
type TokenLister interface {
	Tokens(ctx context.Context, s Scope) ([]Token, error)
}

// Revoker ends a token at once. A token that is already gone is no error.
type Revoker interface {
	Revoke(ctx context.Context, s Scope, id string) error
}

// BulkRevoker ends many tokens of one scope, in as few requests as the service
// allows.
type BulkRevoker interface {
	RevokeAll(ctx context.Context, s Scope, ids []string) error
}

// Identity is whose token a credential is, as far as the service lets one see.
type Identity struct {
	Owner       string     `json:"owner,omitempty"`
	Kind        string     `json:"kind"` // "account token", "repository token", "API key", …
	Permissions []string   `json:"permissions,omitempty"`
	ExpiresAt   *time.Time `json:"expiresAt,omitempty"`
	Note        string     `json:"note,omitempty"` // what could not be asked, and why
}

// Checker asks the service who the client's own token belongs to.
type Checker interface {
	Check(ctx context.Context, s Scope) (Identity, error)
}

// MissingToken is the error of a service that was not opened because no token was
// found anywhere, as opposed to a wrong one. Some jobs may do without.
type MissingToken struct{ Text string }

func (e MissingToken) Error() string { return e.Text }

// Unwrap makes it an authentication failure.
func (e MissingToken) Unwrap() error { return fault.Auth }

// IsNoToken reports whether err says that there was no token at all.
func IsNoToken(err error) bool {
	var e MissingToken
	return errors.As(err, &e)
}
