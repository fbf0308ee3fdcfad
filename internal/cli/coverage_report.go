package cli

import (
	"bufio"
	"context"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/git"
	"github.com/gatewright/gatewright/internal/job"
	"github.com/gatewright/gatewright/internal/pages"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/summary"
)

type coverageReportCmd struct {
	reports.Flags `group:"Reports"`
	job.Change
	Explain bool   `help:"Say of each file of the reports how it was matched to the commit, or why it was not."`
	HTML    string `name:"html" placeholder:"DIR" help:"Write pages to look at into this folder: a map and a table of the files, and the source with its hits. --diff or --base mark the changed lines."`
}

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
	read, err := c.Flags.Read(ctx, a.Console, repo, "")
	if err != nil {
		return err
	}
	if a.JSON {
		err = a.Print(read.Answer(c.Explain))
	} else {
		err = c.text(a, read)
	}
	if err != nil {
		return err
	}
	// The table comes first: it is there even if the pages cannot be written.
	if c.HTML != "" {
		if err := c.html(ctx, a, repo, read); err != nil {
			return err
		}
	}
	// Last, so that --explain can show why nothing matched.
	return read.MatchedAny()
}

func (c coverageReportCmd) text(a *connect.To, read reports.Set) error {
	for _, f := range read.Files {
		a.Say("%s: %s, %s", summary.Plain(f.Path, 0), f.Format, console.Count(f.Files, "file"))
	}
	w := bufio.NewWriterSize(a.Stdout, 64<<10)
	summary.Table(w, read.Merged(), a.Width())
	if c.Explain {
		read.Explain(w)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if !c.Explain {
		read.SayLeftOut(a.Console)
	}
	return nil
}

// html writes the pages of --html.
func (c coverageReportCmd) html(ctx context.Context, a *connect.To, repo *git.Repo, read reports.Set) error {
	run, _ := a.Detect(ctx, repo) // what is not known is not shown
	run = run.Settle(ctx, repo, nil)
	page := job.PageOf(run, a.SourceURL)
	page.Title = "Coverage"
	if page.Run.Repository != "" {
		page.Title = "Coverage of " + page.Run.Repository
	}
	job.Cover(&page, read)
	h := pages.Folder{Console: a.Console, Dir: c.HTML, Report: read.Merged(), Repo: repo, Run: run}
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

// readHere reads reports for the checkout's HEAD. That none of their files is one
// of the commit's is an error.
func readHere(ctx context.Context, a *connect.To, f reports.Flags) (reports.Set, error) {
	repo, err := a.Checkout(ctx)
	if err != nil {
		return reports.Set{}, err
	}
	read, err := f.Read(ctx, a.Console, repo, "")
	if err != nil {
		return read, err
	}
	return read, read.MatchedAny()
}
