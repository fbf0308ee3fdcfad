package cli

import (
	"context"
	"encoding/json"
	"io"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
)

// fleetPlanCmd writes nothing at the forge or the service, and takes no lock.
type fleetPlanCmd struct {
	connect.FleetFlags
	Force    bool     `help:"Rotate also what could be kept."`
	All      bool     `help:"Show also the repositories that are in order."`
	PlanOut  string   `placeholder:"FILE" help:"Write the plan to this file, for gatewright fleet apply FILE. It holds no secret."`
	Report   []string `placeholder:"FILE" help:"Write the plan to FILE as Markdown (.md), for a pull request, or JSON (.json). Several with commas."`
	Record   string   `placeholder:"FILE" help:"Write what was looked at to this file, for gatewright sandbox --seed FILE: names, states, ages of tokens and secrets, and no value."`
	Detailed bool     `name:"detailed-exitcode" help:"End with 2 if the plan changes something, 0 if nothing."`
}

func (fleetPlanCmd) Help() string {
	return `Joins the repositories at the forge, the tokens at the service, the journal, and the time each secret was last
written, and says for every repository what would be done and why. Nothing is changed anywhere.

  gatewright fleet plan --service codacy --forge github --org acme
  gatewright fleet plan --service codacy --forge github --org acme --plan-out plan.json && gatewright fleet apply plan.json
  gatewright fleet plan --service codacy --forge github --org acme --record acme.yml && gatewright sandbox --seed acme.yml

Exit codes: 0 every repository was looked at; with --detailed-exitcode 2 if something is to be changed; 6 some could not
be looked at, or are in a state that no plan helps; if that is so of all for one cause, the cause's own code.`
}

func (c fleetPlanCmd) Run(ctx context.Context, a *connect.To) error {
	return c.EachFleet(ctx, a, func(f *connect.Fleet) error { return c.plan(ctx, a, f) })
}

func (c fleetPlanCmd) plan(ctx context.Context, a *connect.To, f *connect.Fleet) error {
	f.Policy.Force = c.Force
	if c.PlanOut+c.Record != "" && f.Name != "" && c.FleetFlags.Fleet == "" {
		return fault.WithHint(fault.Errorf(fault.Input, "--plan-out and --record hold one fleet, and there are several fleets"), "choose one with --fleet %s", f.Name)
	}
	j, err := f.Read()
	if err != nil {
		return err
	}
	p, err := f.Look(ctx, j)
	if err != nil {
		return err
	}
	if c.PlanOut != "" {
		p.Settings = f.Settings
		// Between plan and apply the file passes through a pull request or an artifact;
		// without the signature each line of it is decided anew.
		p = p.Sign(f.Keys.Sign)
		if err := a.WriteFile(c.PlanOut, func(w io.Writer) error { return encodePlan(w, p) }); err != nil {
			return err
		}
		f.PublicKeys.Keep() // apply need not ask for them again
		a.Say("the plan is in %s", c.PlanOut)
	}
	if c.Record != "" {
		if err := c.record(ctx, a, f, p); err != nil {
			return err
		}
	}
	if err := reportPlan(a, p, RunFlags{Report: c.Report}.of(f).Report); err != nil {
		return err
	}
	if a.JSON {
		err = a.Print(p)
	} else {
		showPlan(a, p, c.All)
	}
	if err != nil {
		return err
	}
	if err := p.Err(); err != nil {
		return err
	}
	// 2, as terraform plan -detailed-exitcode has it.
	if c.Detailed && p.Changes() > 0 {
		return exitOnly{fault.Input}
	}
	return nil
}

// exitOnly ends the command with a code and says nothing.
type exitOnly struct{ kind fault.Kind }

func (exitOnly) Error() string   { return "" }
func (e exitOnly) Unwrap() error { return e.kind }

func encodePlan(w io.Writer, p fleet.Plan) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(p)
}
