package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
)

// gateCmd has every flag of a job; the Action has the same as inputs.
type gateCmd struct {
	reports.Flags        `group:"Reports"`
	job.Rules            `group:"Rules"`
	job.Facts            `group:"Facts"`
	connect.ServiceFlags `group:"Service and token"`
	connect.TargetFlags  `group:"Target"`
	job.Wait             `group:"Waiting"`
	job.Tolerance        `group:"Error handling"`
	FailOnGate           bool `default:"true" negatable:"" help:"Exit 1 when a gate fails. With --fail-on-gate=false the verdict is only shown."`
	connect.ForgeFlags   `group:"Forge and token"`
	job.Publish          `group:"Where the result goes"`
	Local                bool `help:"Judge by the project's own rules only; no service is asked."`
}

func (gateCmd) Help() string {
	return `Judges the pull request (without one: the commit) by the project's own rules in .gatewright.yml and by the flags, waits
for the service's verdict beside them, and gives one verdict.

  CODACY_API_TOKEN=… gatewright gate --pull-request 7
  CODEANT_API_TOKEN=… gatewright gate --timeout 5m
  gatewright gate --local --min-total 80 --min-patch 70
  gatewright gate --local --baseline main.json --max-drop 0.5 --findings 'out/*.sarif' --max-new high=0

The service is asked if a token for one is set. Without any token the project's own rules are enough, unless they
require a service. Missing data is never a pass, unless the rule says missing=pass.

Exit codes: 0 passed or nothing to judge by; 1 failed; 5 no verdict in time, which is never a pass.`
}

func (c gateCmd) Run(ctx context.Context, a *connect.To) error {
	// The forge's token finds the pull request as well as it writes the comment.
	c.Asking = c.ForgeFlags
	j := a.NewJob(c.TargetFlags, c.ServiceFlags, a.OpenPublicService)
	a.PublishTo(j, c.ForgeFlags)
	j.Steps, j.Local, j.FailOnGate = []job.Step{job.GateStep}, c.Local, c.FailOnGate
	j.Reports, j.Rules, j.Facts, j.Wait, j.Tolerance, j.Publish = c.Flags, c.Rules, c.Facts, c.Wait, c.Tolerance, c.Publish
	return j.Do(ctx)
}
