package cli

import (
	"context"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
)

// coveragePackCmd is the first of two jobs, the one without secrets.
type coveragePackCmd struct {
	reports.Flags       `group:"Reports"`
	job.Change          `group:"Facts"`
	Findings            []string `group:"Facts" placeholder:"SARIF" help:"Results of scanners, SARIF 2.1.0: paths or globs; may be repeated."`
	connect.TargetFlags `group:"Target"`
	Out                 string `default:"gatewright-pack.json" placeholder:"FILE" help:"File to write."`
}

func (coveragePackCmd) Help() string {
	return `Writes one file for another job: the reports, matched to the files of the commit, the lines the pull request changes,
findings, and what run they are of. No code, and no token is needed. The other job judges, uploads and comments with
gatewright gate --from FILE, or with the Action's input "from": it has the secrets, needs no checkout, and runs nothing
that the pull request brought.

  gatewright coverage pack
  gatewright coverage pack coverage/lcov.info --findings 'out/*.sarif' --out pack.json

On GitHub the first job runs on pull_request and uploads the file as an artifact; the second runs on workflow_run.`
}

func (c coveragePackCmd) Run(ctx context.Context, a *connect.To) error {
	if c.Diff == "-" && len(c.Report) > 0 && c.Report[0] == "-" {
		return fault.Errorf(fault.Input, "the report and the diff cannot both come from standard input")
	}
	j := a.NewJob(c.TargetFlags, connect.ServiceFlags{}, a.OpenService)
	j.PackTo, j.Reports, j.Facts.Change, j.Facts.Findings = c.Out, c.Flags, c.Change, c.Findings
	j.Answer, j.Tolerance.FailOnError = func(*job.Job) any { return nil }, true
	// No service is asked; a job without a deadline is refused.
	j.Wait.Timeout = 10 * time.Minute
	return j.Do(ctx)
}
