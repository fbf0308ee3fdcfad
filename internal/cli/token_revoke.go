package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

type tokenRevokeCmd struct {
	TokenFlags
	ID        []string      `arg:"" name:"id" help:"Ids of the tokens, as gatewright token list shows them."`
	MissingOK bool          `name:"missing-ok" help:"An id that is not there is no error: for scripts that run again."`
	Yes       bool          `short:"y" help:"Do not ask."`
	Timeout   time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

func (tokenRevokeCmd) Help() string {
	return `Ends tokens at once and for good. An id that the repository has no token of is refused, and nothing is revoked;
with --missing-ok it is left out. A token counts as revoked once the service no longer lists it.

  gatewright token revoke 1234 --repository acme/api --yes`
}

func (c tokenRevokeCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, revoker, scope, err := issuing[service.Revoker](ctx, a, c.TokenFlags, service.RevokeTokens)
	if err != nil {
		return err
	}
	revocation := service.NewRevocation(revoker, scope)
	present, missing, err := c.look(ctx, revocation, scope)
	blind := errors.Is(err, service.ErrUnverified) // the revocation says what it does not know
	if err != nil && !blind {
		return err
	}
	if len(present) > 0 {
		err = confirm(a, c.Yes, c.TokenStdin, fmt.Sprintf("revoke %s of %s, which cannot be undone", console.Count(len(present), "token"), o.Title))
		if err == nil && blind && c.MissingOK {
			present, missing, err = endEach(ctx, a, revocation, present)
		} else if err == nil {
			err = endTokens(ctx, a, revocation, present)
		}
		if err != nil {
			return err
		}
	}
	return c.report(a, present, missing)
}

// look parts the ids into those that are there and those that are not, which
// are an error unless the user allowed them.
func (c tokenRevokeCmd) look(ctx context.Context, r service.Revocation, scope service.Scope) (present, missing []string, err error) {
	// An id that is given twice would be missing the second time.
	ids := slices.Compact(slices.Sorted(slices.Values(c.ID)))
	missing, err = r.Missing(ctx, ids)
	switch {
	case errors.Is(err, service.ErrUnverified):
		return ids, nil, err
	case err != nil:
		return nil, nil, err
	case len(missing) > 0 && !c.MissingOK:
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "%s has no token %s; nothing was revoked", scopeName(scope), strings.Join(missing, ", ")),
			"gatewright token list shows the ids; --missing-ok passes over those that are not there")
	}
	return slices.DeleteFunc(ids, func(id string) bool { return slices.Contains(missing, id) }), missing, nil
}

// endEach ends tokens that nothing lists, one by one: that one is not there shows by
// its revocation alone, and is no reason to leave the others.
func endEach(ctx context.Context, a *connect.To, r service.Revocation, ids []string) (revoked, missing []string, err error) {
	for _, id := range ids {
		switch err := endTokens(ctx, a, r, []string{id}); {
		case errors.Is(err, service.ErrNoToken):
			missing = append(missing, id)
		case err == nil:
			revoked = append(revoked, id)
		case len(revoked) > 0:
			return nil, nil, fmt.Errorf("%w (%s had been revoked before)", err, strings.Join(revoked, ", "))
		default:
			return nil, nil, err
		}
	}
	return revoked, missing, nil
}

// endTokens revokes tokens. That nothing shows their end is said, and no error: the
// service says that it revoked them.
func endTokens(ctx context.Context, a *connect.To, r service.Revocation, ids []string) error {
	err := r.End(ctx, ids)
	if errors.Is(err, service.ErrUnverified) {
		a.Warn("the service says that it revoked %s, and nothing shows it: %v", strings.Join(ids, ", "), err)
		return nil
	}
	return err
}

func (c tokenRevokeCmd) report(a *connect.To, revoked, missing []string) error {
	if a.JSON {
		return a.Print(map[string]any{"revoked": append([]string{}, revoked...), "missing": append([]string{}, missing...)})
	}
	var parts []string
	if len(revoked) > 0 {
		parts = append(parts, "revoked "+strings.Join(revoked, ", "))
	}
	if len(missing) > 0 {
		parts = append(parts, "not there: "+strings.Join(missing, ", "))
	}
	_, err := fmt.Fprintln(a.Stdout, strings.Join(parts, "; "))
	return err
}
