package cli

import (
	"bufio"
	"context"
	"fmt"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/summary"
)

type coverageReportCmd struct {
	job.Reports `group:"Reports"`
	job.Change
	Explain bool   `help:"Say of each file of the reports how it was matched to the commit, or why it was not."`
	HTML    string `name:"html" placeholder:"DIR" help:"Write pages to look at into this folder: a map and a table of the files, and the source with its hits. --diff or --base mark the changed lines."`
}

// Help is shown by gatewright coverage report --help.
func (coverageReportCmd) Help() string {
	return `Reads coverage reports of any known format, adds them up, and prints totals and a table of files. Paths become
those of the checkout's HEAD commit.

  gatewright coverage report
  gatewright coverage report 'build/**/jacoco*.xml' coverage/lcov.info
  gatewright coverage report --explain --path-map /app=services/api lcov.info`
}

func (c coverageReportCmd) Run(ctx context.Context, a *connect.To) error {
	repo, err := a.Checkout(ctx)
	if err != nil {
		return err
	}
	c.Trace = c.Explain
	read, err := c.Reports.Read(ctx, a.Console, repo, "")
	if err != nil {
		return err
	}
	if a.JSON {
		err = c.json(a, read)
	} else {
		err = c.text(a, read)
	}
	if err != nil {
		return err
	}
	if c.HTML != "" {
		if err := c.html(ctx, a, repo, read); err != nil {
			return err
		}
	}
	return read.MatchedAny()
}

// fileTotals is a file in the answer of --output json.
type fileTotals struct {
	Path     string            `json:"path"`
	Lines    coverage.Count    `json:"lines"`
	Branches coverage.Branches `json:"branches"`
}

func (c coverageReportCmd) json(a *connect.To, read job.ReportSet) error {
	type reportInfo struct {
		Path   string `json:"path"`
		Format string `json:"format"`
	}
	all := read.Merged()
	out := struct {
		Reports    []reportInfo       `json:"reports"`
		Totals     coverage.Totals    `json:"totals"`
		Statements *coverage.Count    `json:"statements,omitempty"`
		Files      []fileTotals       `json:"files"`
		Unmatched  []match.Match      `json:"unmatched"`
		Matches    []match.Match      `json:"matches,omitempty"`
		Warnings   []job.ReportRemark `json:"warnings"`
	}{Warnings: append([]job.ReportRemark{}, read.Remarks...), Files: []fileTotals{}, Unmatched: []match.Match{}, Totals: all.Totals()}
	if out.Totals.Statements.Coverable > 0 {
		out.Statements = &out.Totals.Statements
	}
	for _, f := range read.Files {
		out.Reports = append(out.Reports, reportInfo{f.Path, f.Format})
	}
	for _, f := range all.Files() {
		t := f.Totals()
		out.Files = append(out.Files, fileTotals{Path: f.Path, Lines: t.Lines, Branches: t.Branches})
	}
	out.Unmatched = append(out.Unmatched, read.Unmatched()...)
	if c.Explain {
		for _, m := range read.Matches {
			out.Matches = append(out.Matches, m...)
		}
	}
	return a.Print(out)
}

func (c coverageReportCmd) text(a *connect.To, read job.ReportSet) error {
	for _, f := range read.Files {
		a.Say("%s: %s, %s", summary.Plain(f.Path, 0), f.Format, count(f.Files, "file"))
	}
	w := bufio.NewWriterSize(a.Stdout, 64<<10)
	summary.Table(w, read.Merged(), a.Width())
	if c.Explain {
		explain(w, read)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !c.Explain {
		read.SayLeftOut(a.Console)
	}
	return nil
}

// explain prints what became of each path.
func explain(w *bufio.Writer, read job.ReportSet) {
	for i, matches := range read.Matches {
		fmt.Fprintf(w, "\n%s\n", summary.Plain(read.Files[i].Path, 0))
		for _, m := range matches {
			path := m.Path
			if path == "" {
				path = "not matched"
			}
			fmt.Fprintf(w, "  %s -> %s: %s", summary.Plain(m.Report, 0), summary.Plain(path, 0), summary.Plain(m.Reason(), 0))
			if flag := m.Flag(); flag != "" {
				fmt.Fprintf(w, "; %s decides otherwise", summary.Plain(flag, 0))
			}
			w.WriteByte('\n')
			for _, r := range m.Rules() {
				fmt.Fprintf(w, "    %s: %s\n", r.Rule, summary.Plain(r.Said, 0))
			}
		}
	}
}

// html writes the pages of --html.
func (c coverageReportCmd) html(ctx context.Context, a *connect.To, repo *git.Repo, read job.ReportSet) error {
	run, _ := a.Detect(ctx, repo) // what is not known is not shown
	run = run.Settle(ctx, repo, nil)
	page := job.PageOf(run, a.SourceURL)
	page.Title = "Coverage"
	if page.Run.Repository != "" {
		page.Title = "Coverage of " + page.Run.Repository
	}
	job.Cover(&page, read)
	h := job.HTML{Console: a.Console, Dir: c.HTML, Report: read.Merged(), Repo: repo, Run: run}
	if c.Asked(run) {
		got, err := c.Change.Read(ctx, a.Console, repo, run)
		switch {
		case err == nil:
			h.Change, page.Patch = &got, job.PatchOf(h.Report, got)
		case c.Diff != "" || c.Base != "":
			return err
		default:
			a.Warn("changed lines are not marked: %s", err)
		}
	}
	h.Page = page
	return h.Write(ctx)
}
