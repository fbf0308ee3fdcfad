package cli

import (
	"context"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

type scanCmd struct {
	ServiceFlags   `group:"Service and token"`
	TargetFlags    `group:"What it is about"`
	WaitFlags      `group:"Waiting"`
	ToleranceFlags `group:"Trouble"`
	ScanFlags
}

// ScanFlags say what is scanned.
type ScanFlags struct {
	Scanners []string `placeholder:"NAME" help:"Scanners to use: for CodeAnt sast, sca, secrets, antipatterns, iac or all; default sast,sca."`
	Include  []string `placeholder:"GLOB" help:"Scan only files that match."`
	Exclude  []string `placeholder:"GLOB" help:"Leave out files that match."`
	Sarif    []string `placeholder:"FILE" help:"Hand these SARIF results of local tools to the service (Codacy). Globs are allowed."`
	Results  []string `placeholder:"FILE" help:"Hand these results in the service's own JSON form to it (Codacy). Globs are allowed."`
	Wait     bool     `default:"true" negatable:"" help:"Wait for the results. With --no-wait the scan is only started."`
}

// Help is shown by gatewright scan --help.
func (scanCmd) Help() string {
	return `Starts the service's analysis of the commit, waits for the scanners and shows what they found. Findings alone
do not fail the command; judge them with gatewright gate.

  CODEANT_API_TOKEN=… gatewright scan --scanners sast,secrets

Exit codes: 0 scanned, or started with --no-wait; 4 a scanner failed; 5 no result in time.`
}

func (c scanCmd) Run(ctx context.Context, a *App) error {
	a.CommandsOnStdout()
	if err := c.check(); err != nil {
		return err
	}
	ctx, cancel := c.bound(ctx)
	defer cancel()
	run, repo, err := c.resolve(ctx, a)
	if err != nil {
		return err
	}
	request := c.request()
	if request.Results, request.Documents, err = a.localResults(ctx, repo, c.Sarif, c.Results); err != nil {
		return err
	}
	result, err := a.scan(ctx, c.ServiceFlags, run, request, c.wait(a))
	if err != nil && result.Status == "" {
		return c.settle(a, err)
	}
	page := pageOf(run)
	page.scanned(result)
	if a.JSON {
		err = firstError(a.printJSON(result), err)
	} else {
		err = firstError(a.show(page.Page), err)
	}
	return c.settle(a, err)
}

func (f ScanFlags) request() service.ScanRequest {
	return service.ScanRequest{Scanners: f.Scanners, Include: f.Include, Exclude: f.Exclude, NoWait: !f.Wait}
}

// scan opens the service and runs its analysis. What was found before an error
// is given too.
func (a *App) scan(ctx context.Context, f ServiceFlags, run ci.Run, r service.ScanRequest, w service.Wait) (service.ScanResult, error) {
	o, err := a.openService(f)
	if err != nil {
		return service.ScanResult{}, err
	}
	return a.scanAt(ctx, o, run, r, w)
}

// scanAt runs the analysis of an opened service.
func (a *App) scanAt(ctx context.Context, o *openedService, run ci.Run, r service.ScanRequest, w service.Wait) (service.ScanResult, error) {
	o, err := o.withToken(service.AccountToken)
	if err != nil {
		return service.ScanResult{}, err
	}
	scanner, err := able[service.Scanner](o, service.RunScans)
	if err != nil {
		return service.ScanResult{}, err
	}
	if err := needCommit(run); err != nil {
		return service.ScanResult{}, err
	}
	result, err := scanner.Scan(ctx, target(run), r, w)
	if err == nil && result.Status == "partial" {
		return result, fault.Errorf(fault.Timeout, "not all scanners finished in time")
	}
	return result, err
}

// scanned adds what a scan found.
func (p *page) scanned(r service.ScanResult) {
	p.Findings = &summary.Findings{Items: r.Findings}
	p.Findings.Sort()
	for name, status := range r.Scanners {
		if status != "done" {
			p.Notes = append(p.Notes, "scanner "+name+": "+status)
		}
	}
	if r.URL != "" {
		p.Links = append(p.Links, summary.Link{Text: "scan", URL: r.URL})
	}
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}
