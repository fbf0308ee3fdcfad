package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
)

type fleetPlanCmd struct {
	FleetFlags
	Force   bool   `help:"Rotate also what could be kept."`
	PlanOut string `placeholder:"FILE" help:"Write the plan to this file, for gatewright fleet apply FILE. It holds no secret."`
}

// Help is shown by gatewright fleet plan --help.
func (fleetPlanCmd) Help() string {
	return `Joins the repositories at the forge, the tokens at the service, the journal, and the time each secret was last
written, and says for every repository what would be done and why. Nothing is changed anywhere.

  gatewright fleet plan --service codacy --forge github --org acme
  gatewright fleet plan --service codacy --forge github --org acme --plan-out plan.json && gatewright fleet apply plan.json`
}

func (c fleetPlanCmd) Run(ctx context.Context, a *App) error {
	f, err := c.open(ctx, a)
	if err != nil {
		return err
	}
	f.Policy.Force = c.Force
	p, _, err := a.planFleet(ctx, f)
	if err != nil {
		return err
	}
	p.Settings = f.flags.settings()
	p.Settings.Service, p.Settings.Forge = p.Service, p.Forge // also where they were guessed
	if c.PlanOut != "" {
		if err := writePlan(a.path(c.PlanOut), p); err != nil {
			return err
		}
		a.writeKeys(f) // apply need not ask for them again
		a.say("the plan is in %s", c.PlanOut)
	}
	if a.JSON {
		return a.printJSON(p)
	}
	a.showPlan(p)
	return nil
}

func writePlan(path string, p fleet.Plan) error {
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fault.Errorf(fault.Bug, "write the plan: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o600); err != nil {
		return fault.Errorf(fault.Input, "write the plan: %w", err)
	}
	return nil
}

// showPlan prints the plan for people: what changes first, then the counts.
func (a *App) showPlan(p fleet.Plan) {
	rows := [][]string{{"REPOSITORY", "ACTION", "TOKENS", "EXPIRES", "REASON"}}
	for _, i := range p.Items {
		expires := ""
		if i.ExpiresAt != nil {
			expires = i.ExpiresAt.Format(time.DateOnly)
		}
		rows = append(rows, []string{plain(i.Repository), string(i.Action), strconv.Itoa(len(i.Tokens)), expires, plain(i.Reason)})
	}
	a.tableOf(rows)
	fmt.Fprintf(a.Stdout, "\n%s\n", planCounts(p))
	for _, h := range p.Forecast.Hosts {
		limit := ""
		if h.Limit != "" {
			limit = ", bound by " + h.Limit
		}
		fmt.Fprintf(a.Stdout, "%s: %d reading and %d writing requests, at least %s%s\n", h.Host, h.Reads, h.Writes, time.Duration(h.Seconds)*time.Second, limit)
	}
}

func planCounts(p fleet.Plan) string {
	text := fmt.Sprintf("%s of %s: ", repositories(len(p.Items)), p.Org)
	sep := ""
	for _, action := range fleet.Actions() {
		if n := p.Summary[action]; n > 0 {
			text += fmt.Sprintf("%s%d %s", sep, n, action)
			sep = ", "
		}
	}
	return text
}

func repositories(n int) string {
	if n == 1 {
		return "1 repository"
	}
	return fmt.Sprintf("%d repositories", n)
}
