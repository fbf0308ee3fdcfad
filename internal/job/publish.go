package job

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/summary"
)

// Publish says where else the verdict is to be seen.
type Publish struct {
	Summary     string   `placeholder:"FILE" help:"Write the summary as Markdown to this file."`
	CISummary   bool     `name:"ci-summary" default:"true" negatable:"" help:"Put the summary on the CI's run page, where the CI has a place for it."`
	Annotate    *bool    `negatable:"" help:"Mark uncovered changed lines and new findings in the change, where the CI can; on by itself."`
	Comment     When     `placeholder:"WHEN" help:"Keep one comment on the pull request up to date with the summary: always, which --comment alone means, on-change or on-failure. Needs the forge's token."`
	Status      bool     `help:"Set the commit's status gatewright/gate. Needs the forge's token."`
	Statuses    []string `enum:"total,patch" help:"Set further statuses, for total and for patch coverage: total, patch. Needs the forge's token."`
	Name        string   `placeholder:"NAME" help:"Name of this gate where a pull request has several: in the title, the comment's marker, the status gatewright/NAME and the JUnit suite, so that none overwrites another."`
	Badge       string   `placeholder:"FILE" help:"Write a coverage badge, SVG."`
	JUnit       string   `name:"junit" placeholder:"FILE" help:"Write the conditions as JUnit test cases."`
	CodeQuality string   `name:"code-quality" placeholder:"FILE" help:"Write findings and uncovered changed lines as GitLab Code Quality JSON."`
	Dotenv      string   `placeholder:"FILE" help:"Write the results as NAME=value lines, for GitLab's dotenv reports and Bitbucket's output variables."`
	HTML        string   `name:"html" placeholder:"DIR" help:"Write pages to look at into this folder, as coverage report --html does, with the verdict."`
	ReportsDir  string   `name:"reports-dir" placeholder:"DIR" help:"Write the results into this folder, as files that CIs and tools read: outputs.env, summary.md, result.json, JUnit, SARIF, Cobertura, Code Quality."`
	Trend       string   `placeholder:"FILE" help:"Keep total coverage of each run in this file, one JSON object a line, and show it as a line. Pull requests and merge queues are shown and not kept."`
}

// publish shows the page everywhere it was asked to, in one order. Everything is
// tried, and what goes wrong is a warning: publishing does not change the
// verdict. Only stdout is the answer itself, and is looked at in the end.
func (j *Job) publish(ctx context.Context, status string) {
	// One in which nothing was judged has nothing to say, and one that is stopped waits
	// for nobody any more.
	quiet := j.skipped != nil && j.page.Outcome == "" || ctx.Err() != nil
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute) // the job's own time may be up
	defer cancel()
	// Trend and baseline are on the page, so they come before it is shown; marks may
	// add a note to it. Outputs come before whatever needs the network: a forge that
	// hangs for the whole minute must not lose them.
	if j.Publish.Trend != "" {
		j.attempt("no trend", j.trend())
	}
	if !quiet {
		j.attempt("no baseline kept", j.keepBaseline(ctx))
	}
	if j.Publish.Name != "" {
		j.page.Title = "Gatewright: " + j.Publish.Name
	}
	j.place()
	marks := j.annotations()
	j.attempt("not shown", j.show())
	outputs := j.outputs(status)
	j.attempt("no outputs", j.setOutputs(outputs))
	if j.Publish.CISummary {
		_, err := j.Console.CI.Summary(j.markdown())
		j.attempt("no summary on the run's page", err)
	}
	for _, m := range marks {
		j.Console.CI.Annotate(m)
	}
	// A run that is no occasion for a comment brings one up to date that is there:
	// it would go on saying what an earlier commit did.
	if w := j.Publish.Comment; w != Unset && w != Never && !quiet {
		if w.holds(j.page, status) {
			j.attempt("no comment", j.comment(ctx, false))
		} else if err := j.comment(ctx, true); err != nil {
			j.Console.Say("a comment of an earlier run, if there is one, stays as it is: %s", fault.Text(err))
		}
	}
	if (j.Publish.Status || len(j.Publish.Statuses) > 0) && !quiet {
		j.attempt("no status", j.setStatuses(ctx, status))
	}
	if !quiet && j.run.Commit != "" {
		j.attempt("no Code Insights report", j.insight(ctx, status))
	}
	for _, f := range j.files(outputs) {
		j.attempt("not written", j.writeFile(f))
	}
	if j.Publish.HTML != "" {
		j.attempt("no HTML report", j.html(ctx))
	}
}

// attempt reports what could not be published.
func (j *Job) attempt(what string, err error) {
	if err == nil {
		return
	}
	text := j.Console.Redact.Clean(what + ": " + fault.Text(err))
	// Where the CI has no place for it, the log has.
	if !j.Console.CI.Annotate(console.Annotation{Level: console.Warning, Title: "Gatewright", Message: text}) {
		j.Console.Warn("%s", text)
	}
}

// show prints the answer on stdout in the form that was asked for. A page on
// which nothing is known is no answer.
func (j *Job) show() error {
	c, p := j.Console, j.page
	if c.JSON {
		var answer any = p
		if j.Answer != nil {
			answer = j.Answer(j)
		} else if empty(p) {
			answer = nil
		}
		if answer == nil {
			return nil
		}
		return c.Print(answer)
	}
	if empty(p) {
		return nil
	}
	err := summary.Terminal(c.Stdout, p, summary.TerminalOptions{Color: c.Color(), Width: c.Width()})
	if err == nil && j.Answer != nil && j.receipt.Status != "" && j.receipt.Status != notTaken {
		_, err = fmt.Fprintf(c.Stdout, "%s to %s in %s\n", j.receipt.Status, j.main.Title, console.Count(j.receipt.Parts, "request"))
	}
	return err
}

// empty reports whether nothing was judged or measured.
func empty(p summary.Page) bool {
	return p.Outcome == "" && p.Coverage == nil && p.Patch == nil && p.Findings == nil && len(p.Rules)+len(p.Services) == 0
}

func (j *Job) markdown() string {
	return j.Console.Redact.Clean(summary.Markdown(j.page, j.Console.CI.SummaryLimit()))
}

// annotations are the remarks on the changed code, within what the CI shows; the
// page notes how many that leaves out.
func (j *Job) annotations() []console.Annotation {
	// A plain log is no place for them: a line for each would drown the table.
	if off := j.Publish.Annotate != nil && !*j.Publish.Annotate; off || !j.Console.CI.Annotates() {
		return nil
	}
	list, left := summary.Annotations(j.page, j.Console.CI.AnnotationLimit())
	var out []console.Annotation
	for _, r := range list {
		// "##vso[" is a command to Azure wherever it stands in a line.
		if shown := summary.Plain(r.File, 400); shown != r.File || strings.Contains(shown, "##") {
			// A name that no page can show, or that looks like a command.
			r.Message = fmt.Sprintf("%s line %d: %s", shown, r.Line, r.Message)
			r.File, r.Line, r.EndLine = "", 0, 0
		}
		noCommand := func(s string) string { return console.Inert(j.Console.Redact.Clean(s)) }
		r.Title, r.Message = noCommand(r.Title), noCommand(r.Message)
		out = append(out, r)
	}
	if left > 0 {
		j.note("%s more than the CI shows; see the tables above.", console.Count(left, "remark"))
	}
	return out
}

// remarks are findings with the uncovered changed lines among them, for
// reports that are the only way to mark lines, as on GitLab.
func remarks(p summary.Page) finding.Set {
	var s finding.Set
	if p.Findings != nil {
		s.Findings, s.Missing = append(s.Findings, p.Findings.Items...), p.Findings.Missing
	}
	p.Findings = nil
	// 0 is no limit: the CI shows these as files, not in the log.
	list, _ := summary.Annotations(p, 0)
	for _, r := range list {
		s.Findings = append(s.Findings, service.Finding{
			Tool: "gatewright", Rule: strings.ToLower(r.Title), Severity: "info", Path: r.File, Line: r.Line, EndLine: r.EndLine, Message: r.Message,
		})
	}
	return s
}
