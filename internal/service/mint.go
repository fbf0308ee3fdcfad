package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/secret"
)

// Issuance creates tokens and leaves none behind that nobody holds: where the
// answer to a creation was lost, it looks for what has appeared under the name
// and revokes it.
type Issuance struct {
	By    Minter
	Title string // of the service, for messages
}

// cleanUpTime bounds the clean-up, which goes on after the caller was cancelled;
// for one who still waits it may take twice as long, as after a rate limit.
const cleanUpTime = time.Minute

// Mint creates a token. A creation that was refused for the service's load is
// tried once more, after the clean-up has shown that nothing came of the first.
func (i Issuance) Mint(ctx context.Context, r MintRequest) (Minted, error) {
	lister, _ := i.By.(TokenLister)
	var before []Token
	if lister != nil {
		var err error
		if before, err = lister.Tokens(ctx, r.Scope); errors.Is(err, errors.ErrUnsupported) {
			lister = nil
		} else if err != nil {
			return Minted{}, err
		}
	}
	m, err := i.By.Mint(ctx, r)
	if err == nil || !rest.Ambiguous(err) {
		return m, err
	}
	n, doubt, cleaned := i.cleanUp(ctx, r, lister, before)
	switch {
	case len(doubt) > 0 && !cleaned:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; the token may exist all the same, and meanwhile token %s appeared, without a name that shows whose it is", err, strings.Join(doubt, ", ")),
			"look for a token named %q at %s and revoke it; of the others those that nobody else made: gatewright token revoke %s", r.Name, i.Title, strings.Join(doubt, " "))
	case len(doubt) > 0:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; meanwhile token %s appeared, without a name that shows whose it is", err, strings.Join(doubt, ", ")),
			"if nobody else made it, revoke it: gatewright token revoke %s", strings.Join(doubt, " "))
	case !cleaned:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; the token may exist all the same", err),
			"look for a token named %q at %s and revoke it", r.Name, i.Title)
	case n == 0 && rest.Overloaded(err) && ctx.Err() == nil:
		return i.By.Mint(ctx, r)
	case n == 0:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; no token came of it so far", err), "run it again; should a token named %q appear later, nobody has its value: revoke it", r.Name)
	default:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; the token that this had made all the same was revoked", err), "run it again")
	}
}

// cleanUp revokes what has appeared under the name since, and reports how many
// those were and whether it could see them all. What appeared without a name is in
// doubt, and stays: somebody else may have made it at the same time.
func (i Issuance) cleanUp(ctx context.Context, r MintRequest, lister TokenLister, before []Token) (revoked int, doubt []string, ok bool) {
	revoker, revokes := i.By.(Revoker)
	if lister == nil || !revokes {
		return 0, nil, false
	}
	limit := cleanUpTime
	if ctx.Err() == nil {
		limit *= 2
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	after, err := lister.Tokens(ctx, r.Scope)
	if err != nil {
		return 0, nil, false
	}
	var ids []string
	for _, t := range after {
		switch {
		case holds(before, t.ID):
		case t.Name == "":
			doubt = append(doubt, t.ID)
		case t.Name == r.Name:
			ids = append(ids, t.ID)
		}
	}
	if len(ids) == 0 {
		return 0, doubt, true
	}
	if err := NewRevocation(revoker, r.Scope).End(ctx, ids); err != nil {
		return 0, doubt, false
	}
	return len(ids), doubt, true
}

// Deliver creates a token and hands its value to write. If that fails, the token
// is revoked again, so that none is left that nobody holds.
func (i Issuance) Deliver(ctx context.Context, r MintRequest, write func(Minted) error) (Minted, error) {
	m, err := i.Mint(ctx, r)
	if err != nil {
		return m, err
	}
	err = write(m)
	if err == nil {
		return m, nil
	}
	err = fault.Errorf(fault.Input, "write the new token: %w", err)
	if revoker, ok := i.By.(Revoker); ok && NewRevocation(revoker, r.Scope).End(ctx, []string{m.ID}) == nil {
		return m, fmt.Errorf("%w; it was revoked again", err)
	}
	return m, fault.WithHint(err, "revoke it: gatewright token revoke %s", m.ID)
}

// Usable reports whether a text that a service answers with can be a token: one that
// is empty, or is a reference to a variable, would be stored as nothing, and one of
// several lines is more than a token where it is printed or written.
func Usable(token string) bool {
	odd := func(c rune) bool { return c <= ' ' || c > '~' }
	return !strings.ContainsFunc(token, odd) && !secret.New(token).Empty()
}

// maxTokenName is the longest name of a token that every service takes.
const maxTokenName = 100

// Successor returns the name of the token that replaces one of the name: names
// are unique, so the time is added, or replaces that of an earlier rotation.
func Successor(name string, now time.Time) string {
	const layout = "20060102-150405"
	base := cmp.Or(name, "gatewright")
	if i := len(base) - len(layout); i > 0 && base[i-1] == '-' {
		if _, err := time.Parse(layout, base[i:]); err == nil {
			base = base[:i-1]
		}
	}
	if top := maxTokenName - len(layout) - 1; len(base) > top {
		base = strings.TrimRight(base[:top], "-")
	}
	return base + "-" + now.UTC().Format(layout)
}

// FindToken returns the scope's token of an id.
func FindToken(ctx context.Context, by TokenLister, s Scope, id string) (Token, error) {
	tokens, err := by.Tokens(ctx, s)
	if err != nil {
		return Token{}, err
	}
	if i := slices.IndexFunc(tokens, func(t Token) bool { return t.ID == id }); i >= 0 {
		return tokens[i], nil
	}
	return Token{}, fault.WithHint(fault.Errorf(fault.Input, "there is no token %s", id), "gatewright token list shows the ids")
}
