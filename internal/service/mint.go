package service

import (
	"context"
	"errors"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
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
	n, cleaned := i.cleanUp(ctx, r, lister, before)
	switch {
	case !cleaned:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; the token may exist all the same", err),
			"look for a token named %q at %s and revoke it", r.Name, i.Title)
	case n == 0 && rest.Overloaded(err) && ctx.Err() == nil:
		return i.By.Mint(ctx, r)
	case n == 0:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; no token came of it", err), "run it again")
	default:
		return m, fault.WithHint(fault.Errorf(fault.Of(err), "%w; the token that this had made all the same was revoked", err), "run it again")
	}
}

// cleanUp revokes what has appeared under the name since, and reports how many
// those were and whether it could see them all.
func (i Issuance) cleanUp(ctx context.Context, r MintRequest, lister TokenLister, before []Token) (revoked int, ok bool) {
	revoker, revokes := i.By.(Revoker)
	if lister == nil || !revokes {
		return 0, false
	}
	limit := cleanUpTime
	if ctx.Err() == nil {
		limit *= 2
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	after, err := lister.Tokens(ctx, r.Scope)
	if err != nil {
		return 0, false
	}
	known := map[string]bool{}
	for _, t := range before {
		known[t.ID] = true
	}
	var ids []string
	for _, t := range after {
		if !known[t.ID] && (t.Name == "" || t.Name == r.Name) {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) == 0 {
		return 0, true
	}
	if err := NewRevocation(revoker, r.Scope).End(ctx, ids); err != nil {
		return 0, false
	}
	return len(ids), true
}
