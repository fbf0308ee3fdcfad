package cli

import (
	"cmp"
	"context"
	"io"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/summary"
)

// coverageBadgeCmd takes the number from reports, or from what a run has kept.
type coverageBadgeCmd struct {
	reports.Flags       `group:"Reports"`
	BaselineStore       string `placeholder:"STORE" help:"Take the total from the newest baseline at or before HEAD that is kept there, as gate --baseline-store names it, instead of from reports."`
	To                  string `enum:"svg,shields" default:"svg" help:"svg, a picture; shields, JSON for an endpoint badge of shields.io."`
	Out                 string `short:"o" placeholder:"FILE" help:"Write to this file instead of standard output."`
	connect.TargetFlags `group:"Target"`
	connect.ForgeFlags  `group:"Forge and token"`
}

func (coverageBadgeCmd) Help() string {
	return `Writes total coverage as a badge.

  gatewright coverage badge --out badge.svg
  gatewright coverage badge --to shields lcov.info
  gatewright coverage badge --baseline-store branch:gatewright --out badge.svg

A run on the base branch with --baseline-store branch:NAME keeps badge.svg and badge.json in the branch by itself.`
}

func (c coverageBadgeCmd) Run(ctx context.Context, a *connect.To) error {
	total, err := c.total(ctx, a)
	if err != nil {
		return err
	}
	write := func(w io.Writer) error { return summary.Badge(w, total) }
	if c.To == "shields" {
		write = func(w io.Writer) error { return summary.Shield(w, total) }
	}
	if c.Out == "" {
		return write(a.Stdout)
	}
	return a.WriteFile(c.Out, write)
}

func (c coverageBadgeCmd) total(ctx context.Context, a *connect.To) (*summary.Coverage, error) {
	c.Asking = c.ForgeFlags
	if c.BaselineStore != "" {
		j := a.NewJob(c.TargetFlags, connect.ServiceFlags{}, a.OpenPublicService)
		a.PublishTo(j, c.ForgeFlags)
		j.Facts.BaselineStore = c.BaselineStore
		page, err := j.Kept(ctx)
		return page.Coverage, err
	}
	run, repo, err := c.TargetFlags.Resolve(ctx, a)
	if err != nil {
		return nil, err
	}
	c.Commits, c.Started = []string{run.Commit, run.Tested}, run.BaseTip
	read, err := c.Flags.Read(ctx, a.Console, repo, "")
	// A total that no gate would be judged by is none to show.
	if err == nil {
		err = cmp.Or(read.Fit(run.System == ci.Git), read.Known())
	}
	if err != nil {
		return nil, err
	}
	page := job.PageOf(run, nil)
	job.Cover(&page, read)
	return page.Coverage, nil
}
