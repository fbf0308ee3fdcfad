package job

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/reports"
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
	// Scans are the account's: a repository's token only uploads.
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
	if s.OwnResults || !j.asks(GateStep) {
		if r.Results, r.Documents, err = j.localResults(ctx); err != nil {
			return err
		}
	} else {
		// With a gate, the project's own rules judge what a service does not take.
		j.Facts.Findings = append(j.Facts.Findings, j.Scan.Sarif...)
	}
	// What was found is shown even if the scan is incomplete: the error is beside it
	// and not instead.
	j.scanned, err = scanner.Scan(ctx, Target(j.run), r, j.Wait.wait(j.Console))
	if err == nil {
		err = j.incomplete()
	}
	if j.scanned.Status == "" {
		return err
	}
	j.clean(j.scanned.Findings)
	j.page.Findings = &summary.Findings{Items: j.inMerge(ctx, j.scanned.Findings)}
	j.page.Findings.Sort()
	j.unscanned()
	j.page.Notes = append(j.page.Notes, j.scanned.Notes...)
	if j.scanned.URL != "" {
		j.page.Links = append(j.page.Links, summary.Link{Text: "scan", URL: j.scanned.URL})
	}
	return err
}

// unscanned says which scanners found nothing because they did not look, which
// must not look like nothing to find.
func (j *Job) unscanned() {
	missing := &j.page.Findings.Missing
	for _, name := range slices.Sorted(maps.Keys(j.scanned.Scanners)) {
		status := j.scanned.Scanners[name]
		if status == service.Done {
			continue
		}
		why := "scanner " + name + ": " + status
		j.note("%s", why)
		if !j.Scan.AllowFailed || !strings.HasPrefix(status, service.Failing) {
			*missing = append(*missing, why)
		}
	}
	j.page.Notes = append(j.page.Notes, j.scanned.Missing...)
	*missing = append(*missing, j.scanned.Missing...)
	if !j.Scan.Wait && len(*missing) == 0 {
		*missing = append(*missing, "the scan was only started")
	}
}

// incomplete returns the error of a scan in which a scanner did not do its work
// or did not end in time: what it would have found is not known.
func (j *Job) incomplete() error {
	failed := j.scanned.Failed()
	switch {
	case len(failed) > 0 && !j.Scan.AllowFailed:
		return fault.WithHint(fault.Errorf(fault.Service, "not everything was scanned: %s", strings.Join(failed, ", ")),
			"see why it failed and run it again; --allow-failed-scanners lets this pass")
	// Not in time is exit code 5, as for every wait, and never a pass, whoever else
	// was allowed to fail.
	case j.scanned.Status == "partial" && !allFinished(j.scanned.Scanners):
		return fault.Errorf(fault.Timeout, "not all scanners finished in time")
	}
	return nil
}

// allFinished reports whether every scanner has ended, well or not.
func allFinished(scanners map[string]string) bool {
	for _, status := range scanners {
		if status != service.Done && !strings.HasPrefix(status, service.Failing) {
			return false
		}
	}
	return true
}

// ScanAnswer is the answer of gatewright scan --output json.
func (j *Job) ScanAnswer() any {
	if j.scanned.Status == "" {
		return nil
	}
	return j.scanned
}

// localResults reads what tools of this job found: SARIF logs, tool by tool,
// and files in the service's own form as they are.
func (j *Job) localResults(ctx context.Context) ([]service.ToolResults, []service.Document, error) {
	set, err := reports.Findings{Commit: j.tree()}.Parse(ctx, j.Scan.Sarif)
	if err != nil {
		return nil, nil, err
	}
	j.tools = finding.Set{Tools: set.Tools, Unfinished: set.Unfinished, Unmatched: set.Unmatched}
	for _, path := range slices.Sorted(maps.Keys(set.Unmatched)) {
		j.Console.Warn("findings in %s: %s", path, set.Unmatched[path])
	}
	// A log of several tools names those that failed; a failure that is no tool's is
	// the whole log's, and to send the rest would close what it did not look at.
	if why := set.Unclaimed(); len(why) > 0 {
		return nil, nil, fault.WithHint(fault.Errorf(fault.Input, "%s", why[0]), "see why the log is empty; nothing was sent")
	}
	// Documents go as they are: their form is the service's own.
	names, err := reports.Named(j.Console, j.Scan.Results)
	if err != nil {
		return nil, nil, err
	}
	var docs []service.Document
	for _, name := range names {
		body, err := input.Read(j.Console.Path(name))
		if err != nil {
			return nil, nil, fault.Errorf(fault.Input, "read results: %w", err)
		}
		docs = append(docs, service.Document{Name: name, Body: body})
	}
	j.readMerged(ctx)
	sent := set.Findings[:0]
	for _, f := range set.Findings {
		if j.inCommit(&f.Path, &f.Line, &f.EndLine) {
			sent = append(sent, f)
		}
	}
	if n := len(set.Findings) - len(sent); n > 0 {
		j.Console.Say("HEAD is a merge of %.10s: %s in lines of its base are not sent", j.run.Commit, console.Count(n, "finding"))
	}
	set.Findings = sent
	return byTool(set), docs, nil
}

// byTool sorts findings by the tool they come from. A tool without findings is
// there too: that it found nothing is a result.
func byTool(set finding.Set) []service.ToolResults {
	var out []service.ToolResults
	for _, tool := range set.Tools {
		r := service.ToolResults{Tool: tool, Version: set.Versions[tool], Files: set.Files[tool], Failure: set.Failure(tool)}
		for _, f := range set.Findings {
			if f.Tool == tool {
				r.Findings = append(r.Findings, f)
			}
		}
		out = append(out, r)
	}
	return out
}
