package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/service"
)

// tokenCheckCmd takes the token that the other commands about tokens would take.
type tokenCheckCmd struct {
	TokenFlags
	Timeout time.Duration `default:"1m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

func (tokenCheckCmd) Help() string {
	return `Asks the service about the token that the other commands about tokens would use; --token-kind chooses another. Where the service has no way to ask, that is
said and the exit code is 0; a token that the service refuses is exit code 3.`
}

func (c tokenCheckCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, err := a.OpenAccount(c.ServiceFlags)
	if err != nil {
		return err
	}
	scope, err := c.scope(ctx, a)
	if err != nil {
		return err
	}
	id := service.Identity{Kind: "token", Note: o.Title + " has no way to ask about a token"}
	if by, ok := a.Recognise(o.Token); ok {
		id.Kind = by.What
	}
	// Kept apart from a token that was accepted: nobody was asked about this one.
	asked := false
	if checker, ok := o.Client.(service.Checker); ok {
		if id, err = checker.Check(ctx, scope); err != nil {
			return err
		}
		asked = true
	}
	if a.JSON {
		return a.Print(checked{id, o.Name, o.TokenFrom, asked})
	}
	fmt.Fprintf(a.Stdout, "%s: %s %s (from %s)\n", o.Title, id.Kind, o.Token, o.TokenFrom)
	for _, line := range [][2]string{
		{"belongs to", id.Owner}, {"may", strings.Join(id.Permissions, ", ")}, {"expires", expiryText(id.ExpiresAt)}, {"note", id.Note},
	} {
		if line[1] != "" {
			fmt.Fprintf(a.Stdout, "  %s: %s\n", line[0], plain(line[1]))
		}
	}
	return nil
}

type checked struct {
	service.Identity
	Service string `json:"service"`
	From    string `json:"from"`
	Asked   bool   `json:"asked"` // false: the service has no way to ask
}

func expiryText(t *time.Time) string {
	if t == nil {
		return ""
	}
	days := int(time.Until(*t).Hours() / 24)
	return fmt.Sprintf("%s, in %s", t.UTC().Format(time.RFC3339), console.Count(days, "day"))
}
