package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/service"
)

// tokenListCmd never sees a value: services show one once.
type tokenListCmd struct {
	TokenFlags
	Timeout time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

func (tokenListCmd) Help() string {
	return `Shows what the service reports of its tokens, never their values.

  CODACY_API_TOKEN=… gatewright token list --repository acme/api --output json
  {"tokens":[{"id":"1","name":"ci","createdAt":"…","expiresAt":"…","lastFour":"ab12"}]}`
}

func (c tokenListCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	_, lister, scope, err := issuing[service.TokenLister](ctx, a, c.TokenFlags, service.ListTokens)
	if err != nil {
		return err
	}
	tokens, err := lister.Tokens(ctx, scope)
	if err != nil {
		return err
	}
	rows := [][]string{{"ID", "NAME", "LAST FOUR", "CREATED", "EXPIRES", "PERMISSIONS"}}
	for _, t := range tokens {
		permissions := strings.Join(t.Permissions, ", ")
		rows = append(rows, []string{t.ID, cmp.Or(t.Name, "-"), cmp.Or(t.LastFour, "-"), cmp.Or(date(t.CreatedAt), "-"), cmp.Or(date(t.ExpiresAt), "-"), cmp.Or(permissions, "-")})
	}
	return listing(a, map[string]any{"tokens": append([]service.Token{}, tokens...)}, "no tokens", rows)
}
