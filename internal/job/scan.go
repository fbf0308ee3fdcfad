package job

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Scan says what is scanned.
type Scan struct {
	Scanners []string `placeholder:"NAME" help:"Scanners to use: for CodeAnt sast, sca, secrets, antipatterns, iac or all; default sast,sca."`
	Include  []string `placeholder:"GLOB" help:"Scan only files that match."`
	Exclude  []string `placeholder:"GLOB" help:"Leave out files that match."`
	Sarif    []string `placeholder:"FILE" help:"Hand these SARIF results of local tools to the service (Codacy). Globs are allowed."`
	Results  []string `placeholder:"FILE" help:"Hand these results in the service's own JSON form to it (Codacy). Globs are allowed."`
	Wait     bool     `default:"true" negatable:"" help:"Wait for the results. With --no-wait the scan is only started."`

	AllowFailed bool `name:"allow-failed-scanners" help:"A scanner or tool that did not do its work is said and is no error. What it would have found is not known."`
}

// scan runs the service's analysis and puts what it found on the page.
func (j *Job) scan(ctx context.Context) error {
	s, err := j.main.Account()
	if err != nil {
		return err
	}
	scanner, err := capability[service.Scanner](s, service.RunScans)
	if err != nil {
		return err
	}
	if err := needRepository(j.run); err != nil {
		return err
	}
	if err := NeedCommit(j.run); err != nil {
		return err
	}
	r := service.ScanRequest{Scanners: j.Scan.Scanners, Include: j.Scan.Include, Exclude: j.Scan.Exclude, NoWait: !j.Scan.Wait}
	if s.OwnResults || !j.asks(GateStep) { // with a gate, the project's own rules judge results that a service does not take
		if r.Results, r.Documents, err = j.localResults(ctx); err != nil {
			return err
		}
	}
	j.scanned, err = scanner.Scan(ctx, Target(j.run), r, j.Wait.wait(j.Console))
	if err == nil {
		err = j.incomplete()
	}
	if j.scanned.Status == "" {
		return err
	}
	j.page.Findings = &summary.Findings{Items: j.scanned.Findings}
	j.page.Findings.Sort()
	for _, name := range slices.Sorted(maps.Keys(j.scanned.Scanners)) {
		if status := j.scanned.Scanners[name]; status != service.Done {
			j.note("scanner %s: %s", name, status)
		}
	}
	for _, text := range j.scanned.Notes {
		j.note("%s", text)
	}
	if j.scanned.URL != "" {
		j.page.Links = append(j.page.Links, summary.Link{Text: "scan", URL: j.scanned.URL})
	}
	return err
}

// incomplete returns the error of a scan in which a scanner did not do its work
// or did not end in time: what it would have found is not known.
func (j *Job) incomplete() error {
	failed := j.scanned.Failed()
	switch {
	case len(failed) > 0 && !j.Scan.AllowFailed:
		return fault.WithHint(fault.Errorf(fault.Service, "not everything was scanned: %s", strings.Join(failed, ", ")),
			"see why it failed and run it again; --allow-failed-scanners lets this pass")
	case j.scanned.Status == "partial" && len(failed) == 0:
		return fault.Errorf(fault.Timeout, "not all scanners finished in time")
	}
	return nil
}

// ScanAnswer is the answer of gatewright scan --output json.
func (j *Job) ScanAnswer() any {
	if j.scanned.Status == "" {
		return nil
	}
	return j.scanned
}
