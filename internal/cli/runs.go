package cli

import (
	"context"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// runsCmd asks the service once; it follows no run.
type runsCmd struct {
	connect.ServiceFlags `group:"Service and token"`
	connect.TargetFlags  `group:"Target"`
	Limit                int           `default:"10" placeholder:"N" help:"How many of the newest runs, 10 if not given."`
	Timeout              time.Duration `default:"2m" placeholder:"DURATION" help:"Longest wait for the service in all."`
}

func (runsCmd) Help() string {
	return `Lists the service's newest analyses of the repository: those of all pull requests, or with --pull-request of one.

  CODEDIG_TOKEN=… gatewright runs --repository acme/api --output json
  {"runs":[{"id":"r1","pullRequest":7,"status":"completed","outcome":"PASSED"}]}`
}

func (c runsCmd) Run(ctx context.Context, a *connect.To) error {
	if c.Limit < 1 || c.Limit > 100 {
		return fault.Errorf(fault.Input, "--limit %d: expected a number from 1 to 100", c.Limit)
	}
	ctx, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	run, _, err := c.Resolve(ctx, a)
	if err != nil {
		return err
	}
	o, err := a.OpenService(c.ServiceFlags)
	if err != nil {
		return err
	}
	lister, err := connect.Capability[service.RunLister](o, service.ListRuns)
	if err != nil {
		return err
	}
	// Not the commit: an analysis is of a repository.
	if run.Owner == "" {
		return fault.WithHint(fault.Errorf(fault.Input, "no repository: no CI variable names one and this is no checkout of one"), "name it with --repository OWNER/NAME")
	}
	list, err := lister.Runs(ctx, job.Target(run), c.Limit)
	if err != nil {
		return err
	}
	shown := []service.Run{}
	rows := [][]string{{"ID", "PULL REQUEST", "STATUS", "OUTCOME", "STARTED"}}
	for _, r := range list {
		if c.PullRequest != 0 && r.PullRequest != c.PullRequest {
			continue
		}
		shown = append(shown, r)
		started := "-"
		if r.CreatedAt != nil {
			started = moment(*r.CreatedAt)
		}
		rows = append(rows, []string{summary.Plain(r.ID, 60), strconv.Itoa(r.PullRequest), summary.Plain(r.Status, 30), string(r.Outcome), started})
	}
	return listing(a, map[string]any{"runs": shown}, "no runs", rows)
}
