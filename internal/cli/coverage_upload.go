package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
)

type coverageUploadCmd struct {
	reports.Flags        `group:"Reports"`
	connect.ServiceFlags `group:"Service and token"`
	connect.TargetFlags  `group:"Target"`
	job.Wait             `group:"Waiting"`
	job.Tolerance        `group:"Error handling"`
	job.Upload
	CISummaryFlag
	ShowBody bool `help:"With --dry-run: show every body whole, not only its beginning."`
	DryRun   bool `help:"Show exactly what would be sent, and send nothing. Needs no token."`
}

// CISummaryFlag is for commands whose result also goes on the CI's run page.
type CISummaryFlag struct {
	CISummary bool `name:"ci-summary" default:"true" negatable:"" help:"Put the result on the CI's run page, where the CI has a place for it."`
}

func (coverageUploadCmd) Help() string {
	return `Finds coverage reports, merges them, matches their paths to the files of the commit and sends them.

  CODACY_PROJECT_TOKEN=… gatewright coverage upload
  CODEANT_API_TOKEN=… gatewright coverage upload build/coverage.xml
  gatewright coverage upload --dry-run lcov.info

Exit codes: 0 the service has the coverage, or has queued it; 2 no usable report; 3 no token or not allowed;
4 the service failed; 5 not in time.`
}

func (c coverageUploadCmd) Run(ctx context.Context, a *connect.To) error {
	open := a.OpenService
	// What would be sent can be looked at before there is a token.
	if c.DryRun {
		open = func(f connect.ServiceFlags) (*connect.Service, error) { return openForPreview(a, f) }
	}
	j := a.NewJob(c.TargetFlags, c.ServiceFlags, open)
	j.Steps, j.Answer = []job.Step{job.CoverageStep}, (*job.Job).UploadAnswer
	j.Reports, j.Upload, j.Wait, j.Tolerance, j.Publish.CISummary = c.Flags, c.Upload, c.Wait, c.Tolerance, c.CISummary
	if c.DryRun {
		return j.Preview(ctx, c.ShowBody)
	}
	return j.Do(ctx)
}

// openForPreview opens the service that would be sent to; showing that needs no
// token.
func openForPreview(a *connect.To, f connect.ServiceFlags) (*connect.Service, error) {
	o, err := a.OpenService(f)
	if service.IsNoToken(err) {
		return a.OpenWithoutToken(f)
	}
	return o, err
}
