package cli

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// tokenRotateCmd is for one token that a person looks after.
type tokenRotateCmd struct {
	TokenFlags
	NewTokenFlags
	ID      string        `arg:"" name:"id" help:"Id of the token to replace."`
	Name    string        `placeholder:"NAME" help:"Name of the successor. Without it, the old name with the time added."`
	KeepOld bool          `name:"keep-old" help:"Do not revoke the old token; do it later, once nothing uses it any more."`
	Yes     bool          `short:"y" help:"Do not ask."`
	Timeout time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

func (tokenRotateCmd) Help() string {
	return `Creates a successor with the same permissions, writes its value to a file, and only then revokes the old token. If
anything goes wrong before the value is written, the old token stays as it is. With --to-stdout nothing shows whether the
reader stored the value, so the old token stays too: revoke it once the new one is in use. For the tokens of many
repositories, with their CI secrets, use gatewright fleet.

  gatewright token rotate 1234 --repository acme/api --expires 90d --to-file token.txt --yes`
}

func (c tokenRotateCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, r, err := c.begin(ctx, a, c.TokenFlags)
	if err != nil {
		return err
	}
	lister, err := connect.Capability[service.TokenLister](o, service.ListTokens)
	if err != nil {
		return err
	}
	old, err := service.FindToken(ctx, lister, r.Scope, c.ID)
	if err != nil {
		return err
	}
	if !c.KeepOld && !c.ToStdout {
		if err := confirm(a, c.Yes, c.TokenStdin, fmt.Sprintf("replace and then revoke token %s (%s) of %s", old.ID, old.Name, o.Title)); err != nil {
			return err
		}
	}
	if len(r.Permissions) == 0 {
		r.Permissions = old.Permissions
	}
	r.Name = cmp.Or(c.Name, service.Successor(old.Name, time.Now()))
	if err := c.issue(ctx, a, o, r); err != nil || c.KeepOld {
		return err
	}
	// Whoever reads the pipe may have failed to store it.
	if c.ToStdout {
		a.Say("the old token %s stays until the new one is stored where it is used; then: gatewright token revoke %s", old.ID, old.ID)
		return nil
	}
	revoker, err := connect.Capability[service.Revoker](o, service.RevokeTokens)
	if err == nil {
		err = endTokens(ctx, a, service.NewRevocation(revoker, r.Scope), []string{old.ID})
	}
	if err != nil {
		return fault.WithHint(fault.Errorf(fault.Partial, "the new token is written, the old one is not revoked: %w", err), "gatewright token revoke %s", old.ID)
	}
	a.Say("revoked the old token %s", old.ID)
	return nil
}
