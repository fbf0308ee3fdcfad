package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/ci"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// PublishFlags say where else the verdict is to be seen.
type PublishFlags struct {
	ForgeFlags  `group:"Forge and token"`
	Summary     string `placeholder:"FILE" help:"Write the summary as Markdown to this file."`
	CISummary   bool   `name:"ci-summary" default:"true" negatable:"" help:"Put the summary on the CI's run page, where the CI has a place for it."`
	Annotate    bool   `default:"true" negatable:"" help:"Mark uncovered changed lines and new findings in the change, where the CI can."`
	Comment     bool   `help:"Keep one comment on the pull request up to date with the summary. Needs the forge's token."`
	Status      bool   `help:"Set the commit's status gatewright/gate. Needs the forge's token."`
	Badge       string `placeholder:"FILE" help:"Write a coverage badge, SVG."`
	JUnit       string `name:"junit" placeholder:"FILE" help:"Write the conditions as JUnit test cases."`
	CodeQuality string `name:"code-quality" placeholder:"FILE" help:"Write findings and uncovered changed lines as GitLab Code Quality JSON."`
	Dotenv      string `placeholder:"FILE" help:"Write the results as NAME=value lines, for GitLab's dotenv reports and Bitbucket's output variables."`
	HTML        string `name:"html" placeholder:"DIR" help:"Write pages to look at into this folder, as coverage report --html does, with the verdict."`
	Trend       string `placeholder:"FILE" help:"Keep total coverage of each run in this file, one JSON object a line, and show it as a line. Pull requests are shown and not kept."`
}

// commentMarker is how our comment is found again.
const commentMarker = "gatewright:gate"

// publish shows the page everywhere it was asked to. Everything is tried; the
// first thing that goes wrong is the error.
func (f PublishFlags) publish(ctx context.Context, a *App, run ci.Run, p *summary.Page) error {
	var first error
	keep := func(err error) {
		if first == nil {
			first = err
		}
	}
	if f.Trend != "" {
		points, err := f.trend(a, run, *p)
		p.Trend = points
		keep(err)
	}
	if f.Annotate {
		a.annotate(p)
	}
	keep(a.show(*p))
	markdown := a.Redact.Clean(summary.Markdown(*p, a.CI.SummaryLimit()))
	if f.CISummary {
		_, err := a.CI.Summary(markdown)
		keep(err)
	}
	keep(a.output(*p))
	keep(f.files(a, *p, markdown))
	if f.Comment || f.Status {
		keep(f.forge(ctx, a, run, *p))
	}
	return first
}

// files writes what was asked for as files.
func (f PublishFlags) files(a *App, p summary.Page, markdown string) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{f.Summary, func(w io.Writer) error { _, err := io.WriteString(w, markdown); return err }},
		{f.Badge, func(w io.Writer) error { return summary.Badge(w, p) }},
		{f.JUnit, func(w io.Writer) error { return summary.JUnit(w, p) }},
		{f.CodeQuality, func(w io.Writer) error { return finding.WriteCodeQuality(w, remarks(p)) }},
		{f.Dotenv, func(w io.Writer) error { return writeDotenv(w, results(p)) }},
	} {
		if file.name == "" {
			continue
		}
		if err := a.writeFile(file.name, file.write); err != nil {
			return err
		}
	}
	return nil
}

// writeFile is WriteFile under its old name.
func (a *App) writeFile(name string, write func(io.Writer) error) error {
	return a.WriteFile(name, write)
}

// annotate marks the changed code within what the CI shows, and notes on the
// page what it had to leave out.
func (a *App) annotate(p *summary.Page) {
	list, left := summary.Annotations(*p, a.CI.AnnotationLimit())
	for _, r := range list {
		remark := console.Annotation{Level: console.Level(r.Level), File: r.File, Line: r.Line, EndLine: r.EndLine}
		message := r.Message
		if shown := summary.Plain(r.File, 400); shown != r.File || strings.Contains(shown, "##") {
			// A name that no page can show, or that looks like a command.
			remark.File, remark.Line, remark.EndLine = "", 0, 0
			message = fmt.Sprintf("%s line %d: %s", shown, r.Line, message)
		}
		noCommand := strings.NewReplacer("##", "# #")
		remark.Title, remark.Message = noCommand.Replace(a.Redact.Clean(r.Title)), noCommand.Replace(a.Redact.Clean(message))
		a.CI.Annotate(remark)
	}
	if left > 0 {
		p.Notes = append(p.Notes, fmt.Sprintf("%s more than the CI shows; see the tables above.", count(left, "remark")))
	}
}

// results are the values for machines.
func results(p summary.Page) [][2]string {
	out := [][2]string{{"quality-gate-status", string(p.Outcome)}, {"coverage", ""}, {"patch-coverage", ""}, {"findings-count", ""}, {"new-findings-count", ""}}
	if p.Coverage != nil {
		if v, ok := p.Coverage.Totals.Lines.Percent(); ok {
			out[1][1] = fmt.Sprintf("%.2f", v)
		}
	}
	if p.Patch != nil {
		if v, ok := p.Patch.Totals.Percent(); ok {
			out[2][1] = fmt.Sprintf("%.2f", v)
		}
	}
	if p.Findings != nil {
		fresh := 0
		for _, f := range p.Findings.Items {
			if f.Age != service.Old {
				fresh++
			}
		}
		out[3][1], out[4][1] = fmt.Sprint(len(p.Findings.Items)), fmt.Sprint(fresh)
	}
	return out
}

// output gives the results to later steps, where the CI has a command for it.
func (a *App) output(p summary.Page) error {
	for _, r := range results(p) {
		if err := a.CI.Output(r[0], r[1]); err != nil {
			return err
		}
	}
	return nil
}

// remarks are findings with the uncovered changed lines among them, for
// reports that are the only way to mark lines, as on GitLab.
func remarks(p summary.Page) finding.Set {
	var s finding.Set
	if p.Findings != nil {
		s.Findings = append(s.Findings, p.Findings.Items...)
	}
	p.Findings = nil
	list, _ := summary.Annotations(p, 0)
	for _, r := range list {
		s.Findings = append(s.Findings, service.Finding{
			Tool: "gatewright", Rule: strings.ToLower(r.Title), Severity: "info", Path: r.File, Line: r.Line, EndLine: r.EndLine, Message: r.Message,
		})
	}
	return s
}

// forge writes the comment and the status.
func (f PublishFlags) forge(ctx context.Context, a *App, run ci.Run, p summary.Page) error {
	o, err := a.openForge(f.ForgeFlags, WriteFlags{}, run, run.Owner)
	if err != nil {
		return err
	}
	if f.Comment {
		if err := f.comment(ctx, a, o, run, p); err != nil {
			return err
		}
	}
	if !f.Status {
		return nil
	}
	setter, ok := o.Client.(forge.StatusSetter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no commit status", o.Title)
	}
	if err := needCommit(run); err != nil {
		return err
	}
	return setter.SetStatus(ctx, run.Owner, run.Name, run.Commit, commitStatus(a, p))
}

func (f PublishFlags) comment(ctx context.Context, a *App, o *openedForge, run ci.Run, p summary.Page) error {
	if run.PullRequest == 0 {
		a.say("no pull request to comment on")
		return nil
	}
	commenter, ok := o.Client.(forge.Commenter)
	if !ok {
		return fault.Errorf(fault.Input, "%s has no pull-request comments", o.Title)
	}
	body := a.Redact.Clean(summary.MarkdownFor(p, commentFlavour(o.Name)))
	pr := forge.PullRequest{Owner: run.Owner, Repo: run.Name, Number: run.PullRequest}
	if err := commenter.Comment(ctx, pr, commentMarker, body); err != nil {
		return err
	}
	a.say("commented on pull request %d", run.PullRequest)
	return nil
}

// commentFlavour is what each forge's comments take and render: GitHub 65,536
// characters, GitLab a million, Azure DevOps 150,000, Bitbucket 32,768 and no
// HTML. Room is left for the marker.
func commentFlavour(forge string) summary.Flavour {
	switch forge {
	case "github":
		return summary.Flavour{Limit: 65000, Mermaid: true, HTML: true}
	case "gitlab":
		return summary.Flavour{Limit: 900_000, Mermaid: true, HTML: true}
	case "azuredevops":
		return summary.Flavour{Limit: 140_000, HTML: true}
	case "bitbucket":
		return summary.Flavour{Limit: 32_000}
	default:
		return summary.Flavour{Limit: 60_000, Mermaid: true, HTML: true}
	}
}

// commitStatus is the verdict in one line of at most 140 characters, which is
// what GitHub takes.
func commitStatus(a *App, p summary.Page) forge.Status {
	s := forge.Status{Context: "gatewright/gate", State: "success", Description: summary.Headline(p), URL: p.Run.URL}
	switch p.Outcome {
	case service.Failed:
		s.State = "failure"
	case service.Unknown:
		s.State = "error"
	}
	s.Description = summary.Plain(a.Redact.Clean(s.Description), 140)
	return s
}

// trend reads the kept totals, adds this run's, and keeps them unless the run
// is a pull request's.
func (f PublishFlags) trend(a *App, run ci.Run, p summary.Page) ([]summary.Point, error) {
	points, err := readTrend(a.path(f.Trend))
	if err != nil {
		return nil, err
	}
	if p.Coverage == nil {
		return points, nil
	}
	value, ok := p.Coverage.Totals.Lines.Percent()
	if !ok {
		return points, nil
	}
	points = append(points, summary.Point{Label: time.Now().UTC().Format("2006-01-02"), Value: value})
	if run.PullRequest > 0 {
		return points, nil
	}
	return points, a.writeFile(f.Trend, func(w io.Writer) error { return writeTrend(w, points) })
}
