package cli

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

type tokenRevokeCmd struct {
	ServiceFlags `group:"Service and token"`
	ScopeFlags
	ID      []string      `arg:"" name:"id" help:"Ids of the tokens, as gatewright token list shows them."`
	Yes     bool          `short:"y" help:"Do not ask."`
	Timeout time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

// Help is shown by gatewright token revoke --help.
func (tokenRevokeCmd) Help() string {
	return `Ends tokens at once and for good. A token that is gone already is no error.

  gatewright token revoke 1234 --repository acme/api --yes`
}

func (c tokenRevokeCmd) Run(ctx context.Context, a *App) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, err := a.openAccount(c.ServiceFlags)
	if err != nil {
		return err
	}
	if _, err := able[service.Revoker](o, service.RevokeTokens); err != nil {
		return err
	}
	scope, err := c.repositoryScope(ctx, a, o)
	if err != nil {
		return err
	}
	if err := a.confirm(c.Yes, c.TokenStdin, fmt.Sprintf("revoke %s of %s, which cannot be undone", count(len(c.ID), "token"), o.Title)); err != nil {
		return err
	}
	if err := revoke(ctx, o, scope, c.ID); err != nil {
		return err
	}
	if a.JSON {
		return a.printJSON(map[string]any{"revoked": c.ID})
	}
	_, err = fmt.Fprintf(a.Stdout, "revoked %s\n", strings.Join(c.ID, ", "))
	return err
}

// revoke ends tokens, all in one request where the service has such.
func revoke(ctx context.Context, o *openedService, scope service.Scope, ids []string) error {
	if bulk, ok := o.Client.(service.BulkRevoker); ok && len(ids) > 1 {
		return bulk.RevokeAll(ctx, scope, ids)
	}
	revoker, err := able[service.Revoker](o, service.RevokeTokens)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := revoker.Revoke(ctx, scope, id); err != nil {
			return err
		}
	}
	return nil
}

// confirm asks before what cannot be undone. Without somebody to ask, --yes
// must have been said.
func (a *App) confirm(yes, stdinTaken bool, what string) error {
	if yes {
		return nil
	}
	in, ok := a.Stdin.(*os.File)
	if !ok || stdinTaken || !term.IsTerminal(int(in.Fd())) {
		return fault.WithHint(fault.Errorf(fault.Input, "not done: %s, and nobody is there to ask", what), "say --yes")
	}
	fmt.Fprintf(a.Stderr, "%s? [y/N] ", what)
	answer, err := bufio.NewReader(in).ReadString('\n')
	if err != nil || !strings.EqualFold(strings.TrimSpace(answer), "y") {
		return fault.Errorf(fault.Input, "not done")
	}
	return nil
}
