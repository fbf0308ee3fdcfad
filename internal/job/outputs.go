package job

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Output is a value for later steps.
type Output struct{ Name, Value string }

// Outputs lists what every job sets, whoever asked for it, with its meaning. The
// packages and their documentation are written from this list.
func Outputs() [][2]string {
	return [][2]string{
		{"quality-gate-status", "PASSED, WARN, FAILED, UNKNOWN, NONE, TIMEOUT, ERROR or SKIPPED."},
		{"failed-gates", "Names of the gates that failed, separated by commas."},
		{"upload-status", "uploaded, queued, unchanged if the service keeps what it has, failed, or skipped where nothing was sent."},
		{"coverage", "Line coverage in percent, rounded down, as 81.25."},
		{"patch-coverage", "Coverage of the changed lines in percent, rounded down."},
		{"findings-count", "How many findings there are."},
		{"new-findings-count", "How many of them are new."},
		{"commit", "The commit that was reported on."},
		{"details-url", "Where the service shows more."},
		{"baseline-file", "File that a run on a base branch leaves for pull requests, to be kept as an artifact."},
		{"baseline-name", "Name of that artifact."},
	}
}

// outputs are the values of Outputs; empty ones are not known.
func (j *Job) outputs(status string) []Output {
	p := j.page
	var findings, fresh, total, patch, details, artifact string
	// Empty, not 0, where nothing was scanned, or not everything.
	if p.Findings != nil && len(p.Findings.Missing) == 0 {
		n := 0
		for _, f := range p.Findings.Items {
			if f.Age != service.Old {
				n++
			}
		}
		findings, fresh = fmt.Sprint(len(p.Findings.Items)), fmt.Sprint(n)
	}
	if own := j.coverage(); own != nil {
		total = percent(own.Totals.Lines)
	}
	if own := j.patch(); own != nil {
		patch = percent(own.Totals)
	}
	// The first is the service's own verdict where there is one.
	if len(p.Links) > 0 {
		details = p.Links[0].URL
	}
	var names []string
	// Of the project's rules and of every service, in the page's order.
	for _, c := range failed(p) {
		names = append(names, c.Name)
	}
	if j.keptFile != "" {
		artifact = j.artifactName()
	}
	values := []string{
		status, strings.Join(names, ","), cmp.Or(j.receipt.Status, "skipped"), total, patch, findings, fresh,
		j.run.Commit, details, j.keptFile, artifact,
	}
	out := make([]Output, len(values))
	for i, o := range Outputs() {
		out[i] = Output{o[0], j.Console.Redact.Clean(values[i])}
	}
	return out
}

// coverage is the commit's total coverage; nil if none was measured, or that of
// another checkout.
func (j *Job) coverage() *summary.Coverage {
	if j.foreign {
		return nil
	}
	return j.page.Coverage
}

// patch is the coverage of the changed lines; nil if it is not known of all.
func (j *Job) patch() *coverage.Patch {
	if !j.facts.Patch.Known() {
		return nil
	}
	return j.page.Patch
}

// percent is a share with two decimals, rounded down: what is not covered whole
// is never 100.00, and what is below a limit never looks as if it met it.
func percent(c coverage.Count) string {
	p, ok := c.Percent()
	if !ok {
		return ""
	}
	two := coverage.Digits(2)
	return two.Text(two.Floor(p))
}

// setOutputs hands the values to later steps, where the CI has a command for it.
// What a step that was not asked for would say is left out, so that two commands in
// one step of the CI do not undo each other's.
func (j *Job) setOutputs(outputs []Output) error {
	other := func(s Step) bool { return len(j.Steps) > 0 && !j.asks(s) }
	var err error
	for _, o := range outputs {
		switch {
		// An empty value would overwrite what an earlier command of the step has set.
		case o.Name == "upload-status" && (other(CoverageStep) || j.PackTo != ""),
			strings.Contains(o.Name, "gate") && other(GateStep) && (o.Value == "" || o.Value == string(service.None)):
			continue
		}
		err = cmp.Or(err, j.Console.CI.Output(o.Name, o.Value))
	}
	return err
}
