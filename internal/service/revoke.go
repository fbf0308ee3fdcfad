package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/secret"
)

// ErrNoToken says that a service has no token of the id. Revokers return it
// where they cannot look the id up themselves.
var ErrNoToken = errors.New("there is no such token")

// Revocation ends tokens of one scope and proves it: it looks before, because a
// service says "deleted" of what was never there as well, and it looks after,
// because a service may say so and do nothing.
type Revocation struct {
	By    Revoker
	List  TokenLister // nil: the service cannot list
	Scope Scope
}

// NewRevocation makes a Revocation of a client that implements Revoker.
func NewRevocation(by Revoker, s Scope) Revocation {
	list, _ := by.(TokenLister)
	return Revocation{By: by, List: list, Scope: s}
}

// secondLook is how long after a first look a token that was not in the list is
// looked for again: a list may lag behind.
const secondLook = time.Second

// Missing returns those of the ids that the scope has no token of. The error is
// ErrUnverified where the service cannot list.
func (r Revocation) Missing(ctx context.Context, ids []string) ([]string, error) {
	missing, err := r.absent(ctx, ids)
	if err != nil || len(missing) == 0 || sleep(ctx, secondLook) != nil {
		return missing, err
	}
	return r.absent(ctx, missing)
}

// absent returns the ids that are not listed.
func (r Revocation) absent(ctx context.Context, ids []string) ([]string, error) {
	if r.List == nil {
		return nil, ErrUnverified
	}
	tokens, err := r.List.Tokens(ctx, r.Scope)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil, ErrUnverified
	}
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return holds(tokens, id) }), nil
}

func holds(tokens []Token, id string) bool {
	return slices.ContainsFunc(tokens, func(t Token) bool { return t.ID == id })
}

// Gone reports whether the list of a scope's tokens is there and lacks the id. A
// 404 to a revocation says as much only where the scope can be seen.
func Gone(ctx context.Context, by TokenLister, s Scope, id string) bool {
	tokens, err := by.Tokens(ctx, s)
	return err == nil && !holds(tokens, id)
}

// OwnToken finds the caller's own token in a list by the last four characters of
// its value, where the list shows them and they are one token's alone.
func OwnToken(tokens []Token, own secret.Value) (t Token, ok bool) {
	if own.LastFour() == "" {
		return t, false
	}
	same := slices.DeleteFunc(slices.Clone(tokens), func(t Token) bool { return t.LastFour != own.LastFour() })
	if len(same) != 1 {
		return t, false
	}
	return same[0], true
}

// End revokes the tokens and returns nil only once none of them is listed any
// more. The error is ErrUnverified where all were revoked, as the service says,
// and it cannot list, or refuses to by now: the token that asks may be one of them, or
// have come to its end otherwise. It is ErrNoToken where it does not know one of them.
func (r Revocation) End(ctx context.Context, ids []string) error {
	if err := r.revoke(ctx, ids); err != nil {
		return err
	}
	listed := func(ctx context.Context) ([]string, error) {
		gone, err := r.absent(ctx, ids)
		ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return slices.Contains(gone, id) })
		return ids, err
	}
	left, err := StillListed(ctx, listed, sleep)
	switch {
	case errors.Is(err, errEnded): // what the last look saw is said
	case err != nil && !errors.Is(err, ErrUnverified) && fault.Of(err) == fault.Auth:
		return unseen{err}
	case err != nil, len(left) == 0:
		return err
	}
	return fault.WithHint(fault.Errorf(fault.Service, "the service says that it revoked %s, and still lists it: it may still work", strings.Join(left, ", ")),
		"look again with gatewright token list, and revoke it on the service's web page if it is still there")
}

// unseen is why a list was refused that could have shown a revocation: an ErrUnverified
// of a service that has a way.
type unseen struct{ error }

func (u unseen) Is(target error) bool { return target == ErrUnverified }
func (u unseen) Unwrap() error        { return u.error }

// StillListed asks which of some revoked tokens are listed until none is, and
// returns those that are when half a minute is over: a list may lag behind.
// pause waits between two looks; its error ends the asking, as one of listed does.
func StillListed(ctx context.Context, listed func(context.Context) ([]string, error), pause func(context.Context, time.Duration) error) ([]string, error) {
	var left []string
	for _, wait := range []time.Duration{0, 1, 2, 4, 8, 15} {
		if wait > 0 {
			if err := pause(ctx, wait*time.Second); err != nil {
				return left, err
			}
		}
		var err error
		if left, err = listed(ctx); err != nil || len(left) == 0 {
			return left, err
		}
	}
	return left, nil
}

// revoke ends tokens, all in one request where the service has such.
func (r Revocation) revoke(ctx context.Context, ids []string) error {
	if bulk, ok := r.By.(BulkRevoker); ok && len(ids) > 1 {
		return bulk.RevokeAll(ctx, r.Scope, ids)
	}
	for i, id := range ids {
		if err := r.By.Revoke(ctx, r.Scope, id); err != nil {
			if i > 0 {
				return fmt.Errorf("%w (%s had been revoked before)", err, strings.Join(ids[:i], ", "))
			}
			return err
		}
	}
	return nil
}
