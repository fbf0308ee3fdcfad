package cli

import (
	"context"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/service"
)

type tokenListCmd struct {
	connect.ServiceFlags `group:"Service and token"`
	ScopeFlags
	Timeout time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

// Help is shown by gatewright token list --help.
func (tokenListCmd) Help() string {
	return `Shows what the service reports of its tokens, never their values.

  CODACY_API_TOKEN=… gatewright token list --repository acme/api --output json
  {"tokens":[{"id":"1","name":"ci","createdAt":"…","expiresAt":"…","lastFour":"ab12"}]}`
}

func (c tokenListCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, err := a.OpenAccount(c.ServiceFlags)
	if err != nil {
		return err
	}
	lister, err := connect.Capability[service.TokenLister](o, service.ListTokens)
	if err != nil {
		return err
	}
	scope, err := c.repositoryScope(ctx, a, o)
	if err != nil {
		return err
	}
	tokens, err := lister.Tokens(ctx, scope)
	if err != nil {
		return err
	}
	if a.JSON {
		if tokens == nil {
			tokens = []service.Token{}
		}
		return a.Print(map[string]any{"tokens": tokens})
	}
	if len(tokens) == 0 {
		a.Say("no tokens")
		return nil
	}
	return printTokens(a, tokens)
}

func printTokens(a *connect.To, tokens []service.Token) error {
	rows := [][]string{{"ID", "NAME", "LAST FOUR", "CREATED", "EXPIRES", "PERMISSIONS"}}
	for _, t := range tokens {
		rows = append(rows, []string{t.ID, dash(t.Name), dash(t.LastFour), day(t.CreatedAt), day(t.ExpiresAt), dash(strings.Join(t.Permissions, ", "))})
	}
	return a.Table(rows)
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

func day(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.DateOnly)
}
