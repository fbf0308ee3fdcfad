package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
	"github.com/gatewright/gatewright/internal/input"
)

// fleetReportCmd is the last job of a matrix of shards.
type fleetReportCmd struct {
	Files  []string `arg:"" help:"Reports of the shards, as JSON."`
	Report []string `placeholder:"FILE" help:"Write the merged report, as fleet apply --report does."`
}

func (fleetReportCmd) Help() string {
	return `Joins the reports of a run's shards into one table and one verdict: the exit code is that of one run over all of them.
A shard whose report is missing is not fine.

  gatewright fleet report shard-*.json --report fleet.html`
}

func (c fleetReportCmd) Run(ctx context.Context, a *connect.To) error {
	flags := RunFlags{Report: c.Report}
	if err := flags.check(); err != nil {
		return err
	}
	var reports []fleet.Report
	for _, name := range c.Files {
		text, err := input.Read(a.Path(name))
		if err != nil {
			return fault.Errorf(fault.Input, "read the report: %w", err)
		}
		var r fleet.Report
		if err := json.Unmarshal(text, &r); err != nil || r.Run == "" {
			return fault.Errorf(fault.Input, "%s is no report of a fleet's run in JSON", name)
		}
		reports = append(reports, r)
	}
	r, err := fleet.Merge(reports)
	if r.Run == "" {
		return err
	}
	return turn{flags: flags}.finish(ctx, a, r, err)
}

// writeReport writes the report as the file's ending says. An audit log grows.
func writeReport(a *connect.To, r fleet.Report, name string) error {
	form := strings.TrimPrefix(filepath.Ext(name), ".")
	write := a.WriteFile
	if form == "jsonl" {
		write = a.AppendFile
	}
	return write(name, func(w io.Writer) error { return r.Render(w, form) })
}

// reportPlan writes the plan to files, and on the CI's summary page.
func reportPlan(a *connect.To, p fleet.Plan, files []string) error {
	for _, name := range files {
		write := p.Markdown
		switch filepath.Ext(name) {
		case ".md":
		case ".json":
			write = func(w io.Writer) error { return encodePlan(w, p) }
		default:
			return fault.Errorf(fault.Input, "--report %s: its ending must be .md or .json", name)
		}
		if err := a.WriteFile(name, write); err != nil {
			return err
		}
	}
	_, err := a.CI.Summary(a.Redact.Clean(p.Page()))
	if err != nil {
		a.Warn("the plan is not on the summary page: %v", err)
	}
	return nil
}

// finish shows the report in every form that was asked for. The run's own
// error is the command's.
func (t turn) finish(ctx context.Context, a *connect.To, r fleet.Report, cause error) error {
	if r.Run == "" || len(r.Repositories) == 0 {
		return cause
	}
	var errs []error
	for _, name := range t.flags.Report {
		errs = append(errs, writeReport(a, r, name))
	}
	a.CallWebhook(ctx, r.Message(cause))
	var md strings.Builder
	if err := r.Render(&md, "md"); err == nil {
		_, err = a.CI.Summary(a.Redact.Clean(md.String()))
		errs = append(errs, err)
	}
	if a.JSON {
		errs = append(errs, a.Print(r))
	} else {
		showReport(a, r)
	}
	// The run's own error precedes that of a report that could not be written.
	if cause != nil {
		return cause
	}
	return errors.Join(errs...)
}
