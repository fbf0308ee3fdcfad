package cli

import (
	"cmp"
	"context"
	"io"
	"maps"
	"slices"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// findingsCmd judges nothing: it is for pipelines whose gate is another tool.
type findingsCmd struct {
	job.Change
	SARIF    []string `arg:"" name:"sarif" help:"Results of scanners, SARIF 2.1.0: paths or globs."`
	Baseline []string `placeholder:"SARIF" help:"Results of an earlier run, to tell new findings from old ones. Without it, those on changed lines are new."`
	New      bool     `help:"Leave out old findings."`
	To       string   `enum:"text,sarif,codequality,junit,sonar" default:"text" help:"Form: text, sarif, codequality (GitLab), junit, sonar (SonarQube's generic issues)."`
	Out      string   `placeholder:"FILE" help:"Write to this file instead of standard output."`
}

func (findingsCmd) Help() string {
	return `Reads what scanners found, tells new findings from old ones, and writes them in another form.

  gatewright findings 'out/*.sarif' --base main
  gatewright findings semgrep.sarif --baseline main.sarif --new --to codequality --out gl-code-quality.json

The exit code says whether the results could be read; gatewright gate judges them.`
}

func (c findingsCmd) Run(ctx context.Context, a *connect.To) error {
	run, repo, err := connect.TargetFlags{}.Resolve(ctx, a)
	if err != nil {
		return err
	}
	f := reports.Findings{Commit: reports.Commit{Console: a.Console, Repo: repo, ID: run.Commit}, Baseline: c.Baseline}
	if c.Asked(run) {
		change, err := c.Change.Read(ctx, a.Console, repo, run)
		switch {
		case err == nil:
			f.Change = &change
		// One that the user asked for must be there, or old findings would look new.
		case c.Diff != "" || c.Base != "" || ctx.Err() != nil:
			return err
		default:
			a.Warn("which findings are new is not known: %s", err)
		}
	}
	set, missing, err := f.Read(ctx, c.SARIF)
	if err != nil {
		return err
	}
	for _, why := range append(set.Missing, missing...) {
		a.Warn("%s", summary.Plain(why, 200))
	}
	for _, path := range slices.Sorted(maps.Keys(set.Unmatched)) {
		a.Warn("%s: %s", summary.Plain(path, 200), set.Unmatched[path])
	}
	if c.New {
		set.Findings = slices.DeleteFunc(append([]service.Finding{}, set.Findings...), func(f service.Finding) bool { return f.Age == service.Old })
	}
	if a.JSON {
		c.To = "json"
	}
	if c.To == "sarif" && cmp.Or(run.Forge, ci.UsualForge) == ci.UsualForge {
		finding.SayLimits(a.Console, "", set)
	}
	if c.Out == "" {
		return c.write(a, a.Stdout, set)
	}
	return a.WriteFile(c.Out, func(w io.Writer) error { return c.write(a, w, set) })
}

func (c findingsCmd) write(a *connect.To, w io.Writer, set finding.Set) error {
	var err error
	switch c.To {
	case "sarif":
		err = finding.WriteSARIF(w, set)
	case "codequality":
		err = finding.WriteCodeQuality(w, set)
	case "junit":
		err = finding.WriteJUnit(w, set)
	case "sonar":
		var left int
		if left, err = finding.WriteSonar(w, set); left > 0 {
			a.Warn("%d findings name no file and are left out: this form has no place for them", left)
		}
	default:
		p := summary.Page{}
		p.Title, p.Findings = "Findings", &summary.Findings{Items: set.Findings, Missing: set.Missing}
		p.Findings.Sort()
		if c.To == "json" {
			err = console.WriteJSON(w, p.Findings)
			break
		}
		// A file has no width and no colour.
		o := summary.TerminalOptions{MaxRows: 1000}
		if c.Out == "" {
			o.Color, o.Width = a.Color(), a.Width()
		}
		err = summary.Terminal(w, p, o)
	}
	if err != nil {
		return fault.Errorf(fault.Input, "write findings: %w", err)
	}
	return nil
}
