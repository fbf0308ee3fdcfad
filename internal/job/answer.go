package job

import (
	"bufio"
	"fmt"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/summary"
)

// ReportAnswer is what reports say, as --output json has it.
type ReportAnswer struct {
	Reports    []reportName    `json:"reports"`
	Totals     coverage.Totals `json:"totals"`
	Statements *coverage.Count `json:"statements,omitempty"`
	Files      []fileTotals    `json:"files"`
	Unmatched  []match.Match   `json:"unmatched"`
	Matches    []match.Match   `json:"matches,omitempty"` // of all paths, if they are to be explained
	Warnings   []ReportRemark  `json:"warnings"`
}

type reportName struct {
	Path   string `json:"path"`
	Format string `json:"format"`
}

type fileTotals struct {
	Path     string            `json:"path"`
	Lines    coverage.Count    `json:"lines"`
	Branches coverage.Branches `json:"branches"`
}

// Answer returns what the reports say, with explain also how each path was
// matched.
func (r ReportSet) Answer(explain bool) ReportAnswer {
	all := r.Merged()
	out := ReportAnswer{
		Totals: all.Totals(), Files: []fileTotals{}, Unmatched: append([]match.Match{}, r.Unmatched()...), Warnings: append([]ReportRemark{}, r.Remarks...),
	}
	if out.Totals.Statements.Coverable > 0 {
		out.Statements = &out.Totals.Statements
	}
	for _, f := range r.Files {
		out.Reports = append(out.Reports, reportName{f.Path, f.Format})
	}
	for _, f := range all.Files() {
		t := f.Totals()
		out.Files = append(out.Files, fileTotals{Path: f.Path, Lines: t.Lines, Branches: t.Branches})
	}
	for _, m := range r.Matches {
		if explain {
			out.Matches = append(out.Matches, m...)
		}
	}
	return out
}

// Explain prints what became of each path.
func (r ReportSet) Explain(w *bufio.Writer) {
	for i, matches := range r.Matches {
		fmt.Fprintf(w, "\n%s\n", summary.Plain(r.Files[i].Path, 0))
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
