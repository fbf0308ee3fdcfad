package cli

import (
	"bufio"
	"context"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/summary"
)

type coverageReportCmd struct {
	ReportFlags `group:"Reports"`
	ChangeFlags
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

func (c coverageReportCmd) Run(ctx context.Context, a *App) error {
	repo, err := a.checkout(ctx)
	if err != nil {
		return err
	}
	read, err := c.ReportFlags.read(ctx, a, repo, "")
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
		run, _ := a.detect(ctx, repo) // what is not known is not shown
		if err := c.html(ctx, a, repo, run, read); err != nil {
			return err
		}
	}
	return read.matchedAny()
}

// fileTotals is a file in the answer of --output json.
type fileTotals struct {
	Path     string            `json:"path"`
	Lines    coverage.Count    `json:"lines"`
	Branches coverage.Branches `json:"branches"`
}

func (c coverageReportCmd) json(a *App, read reports) error {
	type reportInfo struct {
		Path   string `json:"path"`
		Format string `json:"format"`
	}
	all := read.merged()
	out := struct {
		Reports    []reportInfo     `json:"reports"`
		Totals     coverage.Totals  `json:"totals"`
		Statements *coverage.Count  `json:"statements,omitempty"`
		Files      []fileTotals     `json:"files"`
		Unmatched  []coverage.Match `json:"unmatched"`
		Matches    []coverage.Match `json:"matches,omitempty"`
	}{Files: []fileTotals{}, Unmatched: []coverage.Match{}, Totals: all.Totals()}
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
	out.Unmatched = append(out.Unmatched, read.unmatched()...)
	if c.Explain {
		for _, m := range read.Matches {
			out.Matches = append(out.Matches, m...)
		}
	}
	return a.printJSON(out)
}

func (c coverageReportCmd) text(a *App, read reports) error {
	for _, f := range read.Files {
		a.say("%s: %s, %s", summary.Plain(f.Path, 0), f.Format, count(f.Report.Len(), "file"))
	}
	w := bufio.NewWriterSize(a.Stdout, 64<<10)
	printTable(w, read.merged())
	if c.Explain {
		explain(w, read)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if n := len(read.unmatched()); n > 0 && !c.Explain {
		a.say("not in the commit: %s of the reports; --explain says why", count(n, "file"))
	}
	return nil
}

// printTable prints a row for each file and one for all.
func printTable(w *bufio.Writer, r *coverage.Report) {
	files := r.Files()
	rows := make([][4]string, 0, len(files)+2)
	rows = append(rows, [4]string{"File", "Lines", "Covered", "Branches"})
	var t coverage.Totals
	for _, f := range files {
		u := f.Totals()
		t = t.Plus(u)
		rows = append(rows, row(summary.Plain(f.Path, 0), u))
	}
	rows = append(rows, row("Total", t))
	var wide [4]int
	for _, r := range rows {
		for i, cell := range r {
			wide[i] = max(wide[i], utf8.RuneCountInString(cell))
		}
	}
	for _, r := range rows {
		w.WriteString(r[0])
		pad(w, wide[0]-utf8.RuneCountInString(r[0]))
		for i := 1; i < 4; i++ {
			pad(w, 2+wide[i]-utf8.RuneCountInString(r[i]))
			w.WriteString(r[i])
		}
		w.WriteByte('\n')
	}
	if t.Statements.Coverable > 0 {
		fmt.Fprintf(w, "Statements: %s of %d (as go tool cover counts)\n", summary.Percent(t.Statements), t.Statements.Coverable)
	}
}

func row(name string, t coverage.Totals) [4]string {
	share := func(part, whole int) string { return strconv.Itoa(part) + "/" + strconv.Itoa(whole) }
	branches := ""
	if t.Branches.Total > 0 {
		branches = share(t.Branches.Covered, t.Branches.Total)
	}
	return [4]string{name, share(t.Lines.Covered, t.Lines.Coverable), summary.Percent(t.Lines), branches}
}

func pad(w *bufio.Writer, n int) { w.WriteString(strings.Repeat(" ", max(n, 0))) }

// explain prints what became of each path.
func explain(w *bufio.Writer, read reports) {
	for i, matches := range read.Matches {
		fmt.Fprintf(w, "\n%s\n", summary.Plain(read.Files[i].Path, 0))
		for _, m := range matches {
			path := m.Path
			if path == "" {
				path = "not matched"
			}
			fmt.Fprintf(w, "  %s -> %s: %s", summary.Plain(m.Report, 0), summary.Plain(path, 0), m.How.Explain())
			if len(m.Others) > 0 {
				fmt.Fprintf(w, " (also: %s)", summary.Plain(strings.Join(m.Others, ", "), 0))
			}
			w.WriteByte('\n')
		}
	}
}
