package cli

import (
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// coverageFinishCmd ends what coverage upload --partial began.
type coverageFinishCmd struct {
	connect.ServiceFlags `group:"Service and token"`
	connect.TargetFlags  `group:"Target"`
	job.Tolerance        `group:"Error handling"`
}

func (coverageFinishCmd) Help() string {
	return `Tells the service that all parts of the commit's coverage have been sent by gatewright coverage upload --partial.
Run it once, in a job that needs all the others.`
}

func (c coverageFinishCmd) Run(ctx context.Context, a *connect.To) error {
	return c.Settle(a.Console, c.run(ctx, a))
}

func (c coverageFinishCmd) run(ctx context.Context, a *connect.To) error {
	run, _, err := c.Resolve(ctx, a)
	if err == nil {
		err = job.NeedCommit(run)
	}
	if err != nil {
		return fault.Mistake(err)
	}
	o, err := a.OpenService(c.ServiceFlags)
	if err != nil {
		return fault.Mistake(err)
	}
	finisher, err := connect.Capability[service.CoverageFinisher](o, service.EndCoverage)
	if err != nil {
		return fault.Mistake(err)
	}
	receipt, err := finisher.Finish(ctx, job.Target(run))
	if err != nil {
		return err
	}
	if a.JSON {
		return a.Print(map[string]any{"service": o.Name, "commit": run.Commit, "receipt": receipt})
	}
	for _, m := range receipt.Message {
		fmt.Fprintln(a.Stdout, summary.Plain(m, 300))
	}
	return nil
}
