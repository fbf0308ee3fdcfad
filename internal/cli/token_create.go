package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
)

// NewTokenFlags say what a new token is like and where its value goes.
type NewTokenFlags struct {
	Expires    string   `placeholder:"WHEN" help:"When it ends: 30d, 12h, or a date as 2027-01-01. Without it, the service's own longest."`
	Permission []string `placeholder:"NAME" help:"What it may do (CodeDig: read, write, admin). Without it, the least the service has."`
	ToFile     string   `name:"to-file" placeholder:"FILE" help:"Write the value to this file, readable by you alone."`
	ToStdout   bool     `name:"to-stdout" help:"Write the value to stdout, if that is not a terminal."`
	Show       bool     `help:"Allow --to-stdout on a terminal."`
}

type tokenCreateCmd struct {
	TokenFlags
	NewTokenFlags
	Name    string        `required:"" placeholder:"NAME" help:"Name of the token, by which it is known in lists."`
	Timeout time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

func (tokenCreateCmd) Help() string {
	return `Creates a token and writes its value only where it was told to: services show it this once.

  CODACY_API_TOKEN=… gatewright token create --repository acme/api --name ci-coverage --expires 90d --to-file token.txt
  gatewright token create --service codedig --name ci --permission read,write --to-stdout | gatewright secret put …`
}

func (c tokenCreateCmd) Run(ctx context.Context, a *connect.To) error {
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	o, r, err := c.begin(ctx, a, c.TokenFlags)
	if err != nil {
		return err
	}
	r.Name = c.Name
	return c.issue(ctx, a, o, r)
}

// begin opens the service, and returns what is asked of it but for the name. That no
// place is named is an error: a token that nobody has is of no use, and lives.
func (f NewTokenFlags) begin(ctx context.Context, a *connect.To, of TokenFlags) (o *connect.Service, r service.MintRequest, err error) {
	if f.ToFile == "" && !f.ToStdout {
		return o, r, fault.WithHint(fault.Errorf(fault.Input, "no place is named for the value of the new token, which is shown once"), "say --to-file or --to-stdout")
	}
	r.Permissions = f.Permission
	if r.ExpiresAt, err = expiry(f.Expires, time.Now()); err == nil {
		o, _, r.Scope, err = issuing[service.Minter](ctx, a, of, service.CreateTokens)
	}
	return o, r, err
}

// issue creates a token, writes its value and reports it.
func (f NewTokenFlags) issue(ctx context.Context, a *connect.To, o *connect.Service, r service.MintRequest) error {
	minter, err := connect.Capability[service.Minter](o, service.CreateTokens)
	if err != nil {
		return err
	}
	// The place first: a token whose value can be kept nowhere must not be made.
	dest, err := f.destination(a)
	if err != nil {
		return err
	}
	defer dest.close()
	m, err := service.Issuance{By: minter, Title: o.Title}.Deliver(ctx, r, func(m service.Minted) error {
		a.Redact.Add(m.Value) // the CI is told where the value does not go to stdout
		return dest.write(m.Value)
	})
	if err == nil {
		created(a, o, m, dest)
	}
	return err
}

// created reports a new token, whose value is in its place by now: that nobody reads the
// report, which is looked at in the end, must not keep the token before it alive.
func created(a *connect.To, o *connect.Service, m service.Minted, dest *destination) {
	if !dest.stdout {
		a.CI.Mask(m.Value) // later steps may print the file
	}
	if a.JSON {
		_ = a.Print(createdToken{Token: m.Token, Service: o.Name, File: dest.name})
		return
	}
	text := fmt.Sprintf("created %s token %s (%s)", o.Title, m.ID, m.Name)
	if m.ExpiresAt != nil {
		text += ", expires " + m.ExpiresAt.UTC().Format(time.RFC3339)
	}
	if dest.name != "" {
		text += ", written to " + dest.name
	}
	if dest.stdout {
		a.Say("%s", text)
	} else {
		fmt.Fprintln(a.Stdout, console.Printable(text))
	}
}

type createdToken struct {
	service.Token
	Service string `json:"service"`
	File    string `json:"file,omitempty"`
}
