package job

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// Output is a value for later steps.
type Output struct{ Name, Value string }

// outputs are the values that every job sets, as docs/outputs.md lists them;
// empty ones are not known.
func (j *Job) outputs(status string) []Output {
	p := j.page
	upload, findings, fresh, total, patch, details := j.receipt.Status, "", "", "", "", ""
	if upload == "" {
		upload = "skipped"
	}
	if p.Findings != nil {
		n := 0
		for _, f := range p.Findings.Items {
			if f.Age != service.Old {
				n++
			}
		}
		findings, fresh = fmt.Sprint(len(p.Findings.Items)), fmt.Sprint(n)
	}
	if p.Coverage != nil {
		total = percent(p.Coverage.Totals.Lines)
	}
	if p.Patch != nil {
		patch = percent(p.Patch.Totals)
	}
	if len(p.Links) > 0 {
		details = p.Links[0].URL
	}
	var names []string
	for _, c := range failed(p) {
		names = append(names, c.Name)
	}
	out := []Output{
		{"quality-gate-status", status},
		{"failed-gates", strings.Join(names, ",")},
		{"upload-status", upload},
		{"coverage", total},
		{"patch-coverage", patch},
		{"findings-count", findings},
		{"new-findings-count", fresh},
		{"commit", j.run.Commit},
		{"details-url", details},
	}
	for i := range out {
		out[i].Value = j.Console.Redact.Clean(out[i].Value)
	}
	return out
}

// percent is a share with two decimals, rounded down: what is not covered whole
// is never 100.00, and what is below a limit never looks as if it met it.
func percent(c coverage.Count) string {
	p, ok := c.Percent()
	if !ok {
		return ""
	}
	return fmt.Sprintf("%.2f", math.Floor(p*100+1e-9)/100)
}

// setOutputs hands the values to later steps, where the CI has a command for it.
// What a step that was not done would say is left out, so that two commands in
// one step of the CI do not undo each other's.
func (j *Job) setOutputs(outputs []Output) error {
	done := j.steps()
	var first error
	for _, o := range outputs {
		switch {
		case o.Name == "upload-status" && !slices.Contains(done, CoverageStep),
			strings.Contains(o.Name, "gate") && !slices.Contains(done, GateStep) && (o.Value == "" || o.Value == string(service.None)):
			continue
		}
		if err := j.Console.CI.Output(o.Name, o.Value); err != nil && first == nil {
			first = err
		}
	}
	return first
}
