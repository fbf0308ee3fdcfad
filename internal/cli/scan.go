package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/job"
)

// scanCmd shows what was found; gate judges it.
type scanCmd struct {
	connect.ServiceFlags `group:"Service and token"`
	connect.TargetFlags  `group:"Target"`
	// Not embedded by its type: job.Scan has a Wait of its own.
	Waiting       job.Wait `embed:"" group:"Waiting"`
	job.Tolerance `group:"Error handling"`
	job.Scan
	CISummaryFlag
}

func (scanCmd) Help() string {
	return `Starts the service's analysis of the commit, waits for the scanners and shows what they found. Findings alone
do not fail the command; judge them with gatewright gate.

  CODEANT_API_TOKEN=… gatewright scan --scanners sast,secrets

Exit codes: 0 scanned, or started with --no-wait; 4 a scanner failed; 5 no result in time.`
}

func (c scanCmd) Run(ctx context.Context, a *connect.To) error {
	j := a.NewJob(c.TargetFlags, c.ServiceFlags, a.OpenService)
	j.Steps, j.Answer = []job.Step{job.ScanStep}, (*job.Job).ScanAnswer
	j.Scan, j.Wait, j.Tolerance, j.Publish.CISummary = c.Scan, c.Waiting, c.Tolerance, c.CISummary
	return j.Do(ctx)
}
