package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

type sandboxCmd struct {
	PortsFrom int    `placeholder:"PORT" help:"First port; each system takes the next one. Without it, free ports are taken."`
	Seed      string `placeholder:"FILE" help:"YAML file of organizations, repositories, commits, pull requests and gate rules. Without it: the organization acme."`
	PrintEnv  string `placeholder:"FILE" help:"Write addresses and fresh tokens to FILE as shell exports, readable by you alone, once every port answers."`
}

func (sandboxCmd) Help() string {
	return `Runs the stand-ins of all services and forges on loopback, each at the root of its own port, until it is
interrupted. They know the organization acme with 25 repositories, acme/api among them with the open pull request 7.

  gatewright sandbox --print-env env.sh &
  . ./env.sh
  gatewright coverage upload lcov.info --repository acme/api`
}

func (c sandboxCmd) Run(ctx context.Context, a *connect.To) error {
	seed, err := c.seed(a)
	if err != nil {
		return err
	}
	s, err := sandbox.Start(sandbox.Options{Seed: seed, PortsFrom: c.PortsFrom})
	if err != nil {
		return err
	}
	defer s.Close()
	// Once every port answers: scripts wait for the file.
	if c.PrintEnv != "" {
		if err := writeExports(a.Path(c.PrintEnv), s.Variables()); err != nil {
			return err
		}
	}
	if err := c.announce(a, s); err != nil {
		return err
	}
	a.Idle()
	<-ctx.Done()
	return nil
}

func (c sandboxCmd) seed(a *connect.To) (world.Seed, error) {
	if c.Seed == "" {
		return world.DefaultSeed(), nil
	}
	text, err := input.Read(a.Path(c.Seed))
	if err != nil {
		return world.Seed{}, fault.Errorf(fault.Input, "read the seed: %w", err)
	}
	return world.ParseSeed(c.Seed, text)
}

func (c sandboxCmd) announce(a *connect.To, s *sandbox.Sandbox) error {
	if a.JSON {
		urls := map[string]string{}
		for _, name := range sandbox.Names() {
			urls[name] = s.URL(name)
		}
		return json.NewEncoder(a.Stdout).Encode(map[string]any{"systems": urls})
	}
	for _, name := range sandbox.Names() {
		fmt.Fprintf(a.Stdout, "%-12s %s\n", name, s.URL(name))
	}
	if c.PrintEnv != "" {
		a.Say("variables and tokens are in %s", c.PrintEnv)
	}
	a.Say("ready; interrupt to end")
	return nil
}

// writeExports writes variables as a shell reads them. The file appears whole
// or not at all, since scripts wait for it.
func writeExports(path string, vars []world.Variable) error {
	var b strings.Builder
	for _, v := range vars {
		fmt.Fprintf(&b, "export %s='%s'\n", v.Name, strings.ReplaceAll(v.Value, "'", `'\''`))
	}
	tmp := path + ".tmp"
	_ = os.Remove(tmp) // a left-over may be readable by others
	if err := os.WriteFile(tmp, []byte(b.String()), 0o600); err != nil {
		return fault.Errorf(fault.Input, "write the variables: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fault.Errorf(fault.Input, "write the variables: %w", err)
	}
	return nil
}
