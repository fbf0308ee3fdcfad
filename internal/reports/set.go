package reports

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/summary"
)

// Set is what Flags.Read returns.
type Set struct {
	Files   []Info          // in the order of their names
	Matches [][]match.Match // what became of each report's paths; nil with raw paths, and without what is matched unless Flags.Trace
	Remarks []Remark        // what there is to say of the reports, in the same order
	all     *coverage.Report
}

// Info is what is known of a report once its coverage is part of the whole.
type Info struct {
	Path   string // as the user would name it
	Format string // "lcov", "cobertura", …
	Files  int    // of the commit
	Named  int    // files in the report

	of      string          // another commit, that it is surely of
	unclear *unclear        // nil if some path is known to be of the commit, or none may be
	parts   []coverage.Part // it, or what it was merged from
}

// Remark is a warning about one report.
type Remark struct {
	Report string `json:"report"`
	coverage.Remark
}

// mostWarnings is how many remarks are said one by one.
const mostWarnings = 10

// warn says what there is to say of the reports.
func (r *Set) warn(c *console.Console) {
	for i, remark := range r.Remarks {
		// One broken tool may write a warning for each of its files.
		if i == mostWarnings {
			c.Warn("%s like these; coverage report --output json lists them", console.Count(len(r.Remarks)-i, "more warning"))
			return
		}
		c.Warn("%s: %s", summary.Plain(remark.Report, 0), summary.Plain(remark.Message, 0))
	}
}

// Merged returns everything in one report, which nobody may change.
func (r Set) Merged() *coverage.Report { return r.all }

// Unmatched returns what no file of the commit was found for, and what was left
// undecided.
func (r Set) Unmatched() []match.Match {
	var out []match.Match
	for _, matches := range r.Matches {
		for _, m := range matches {
			// What the user left out is not missing.
			if m.Path == "" && m.How != match.Ignored {
				out = append(out, m)
			}
		}
	}
	return out
}

// Unclear returns a path of the reports that may be one of these files of the
// commit, and is not known to be.
func (r Set) Unclear(files []string) (match.Match, bool) {
	for _, m := range r.Unmatched() {
		// A path that fits two files is booked to none; if the change touches one of
		// them, its coverage is not known.
		if m.Unclear() && slices.ContainsFunc(files, func(f string) bool { return slices.Contains(m.Others(), f) }) {
			return m, true
		}
	}
	return match.Match{}, false
}

// LeftOut says what of the reports does not count, and why: in warnings what may
// be of the commit all the same, in a remark what is not.
func (r Set) LeftOut() (warnings []string, remark string) {
	var unclear, past, others []match.Match
	for _, m := range r.Unmatched() {
		if m.Unclear() {
			unclear = append(unclear, m)
		} else {
			others = append(others, m)
		}
	}
	for _, matches := range r.Matches {
		for _, m := range matches {
			if m.Past() > 0 {
				past = append(past, m)
			}
		}
	}
	if len(others) > 0 {
		remark = fmt.Sprintf("not in the commit, and left out: %s of the reports, such as %s (%s); gatewright coverage report --explain says why of each",
			console.Count(len(others), "file"), others[0].Report, cmp.Or(others[0].Note, others[0].Reason()))
	}
	warnings = few(unclear, "%s left out that may be of the commit", func(m match.Match) string {
		return fmt.Sprintf("%s is left out: %s; %s decides", m.Report, m.Reason(), m.Flag())
	})
	return append(warnings, few(past, "%s with lines beyond the end, which are left out", func(m match.Match) string {
		return fmt.Sprintf("%s: %s of the report left out, beyond the end of the file", m.Path, console.Count(m.Past(), "line"))
	})...), remark
}

// few returns what is said of the first files of a list, and how many more there
// are.
func few(list []match.Match, more string, say func(match.Match) string) (said []string) {
	const most = 5
	for _, m := range list[:min(most, len(list))] {
		said = append(said, say(m))
	}
	if n := len(list) - most; n > 0 {
		said = append(said, fmt.Sprintf(more, console.Count(n, "more file")))
	}
	return said
}

// SayLeftOut says so on standard error.
func (r Set) SayLeftOut(c *console.Console) {
	warnings, remark := r.LeftOut()
	for _, w := range warnings {
		c.Warn("%s", summary.Plain(w, 0))
	}
	if remark != "" {
		c.Say("%s", summary.Plain(remark, 0))
	}
}

// MatchedAny fails where reports had files and none of them is the commit's.
func (r Set) MatchedAny() error {
	files := 0
	for _, file := range r.Files {
		if file.Files > 0 {
			return nil
		}
		files += file.Named
	}
	missing := r.Unmatched()
	// A report without files is no proof of anything, least of all of 100 %.
	if files == 0 || len(missing) == 0 {
		return fault.WithHint(fault.Errorf(fault.Input, "the coverage reports hold no files"),
			"the tests may have run without coverage, or --ignore left out everything")
	}
	return fault.WithHint(fault.Errorf(fault.Input, "no file in the coverage reports is a file of the commit (%s, such as %s: %s)", console.Count(files, "file"),
		summary.Plain(missing[0].Report, 0), summary.Plain(cmp.Or(missing[0].Note, missing[0].Reason()), 0)),
		"gatewright coverage report --explain says why; --root or --path-map say where paths begin")
}

// debug shows which reports were found, what they were taken for, and by which
// rule each of their files was matched.
func (r Set) debug(c *console.Console) {
	if !c.Debugs() {
		return
	}
	// --debug is the first thing people turn on when a number is wrong.
	for i, file := range r.Files {
		c.Debugf("report %s: %s, %s", file.Path, file.Format, console.Count(file.Files, "file"))
		if r.Matches == nil {
			continue
		}
		for _, m := range r.Matches[i] {
			c.Debugf("  %s -> %s: %s", m.Report, m.Path, m.How.Explain())
		}
	}
}

// Answer is what reports say, as --output json has it.
type Answer struct {
	Reports    []reportName    `json:"reports"`
	Totals     coverage.Totals `json:"totals"`
	Statements *coverage.Count `json:"statements,omitempty"`
	Files      []fileTotals    `json:"files"`
	Unmatched  []match.Match   `json:"unmatched"`
	Matches    []match.Match   `json:"matches,omitempty"` // of all paths, if they are to be explained
	Warnings   []Remark        `json:"warnings"`
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
func (r Set) Answer(explain bool) Answer {
	all := r.Merged()
	out := Answer{
		Totals: all.Totals(), Files: []fileTotals{}, Unmatched: append([]match.Match{}, r.Unmatched()...), Warnings: append([]Remark{}, r.Remarks...),
	}
	if out.Totals.Statements.Coverable > 0 {
		out.Statements = &out.Totals.Statements
	}
	for _, f := range r.Files {
		out.Reports = append(out.Reports, reportName{f.Path, f.Format})
	}
	// Sorted by path, as Files returns them: two runs print the same.
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
func (r Set) Explain(w *bufio.Writer) {
	for i, matches := range r.Matches {
		fmt.Fprintf(w, "\n%s\n", summary.Plain(r.Files[i].Path, 0))
		for _, m := range matches {
			fmt.Fprintf(w, "  %s -> %s: %s", summary.Plain(m.Report, 0), summary.Plain(cmp.Or(m.Path, "not matched"), 0), summary.Plain(m.Reason(), 0))
			if flag := m.Flag(); flag != "" {
				fmt.Fprintf(w, "; %s decides otherwise", summary.Plain(flag, 0))
			}
			w.WriteByte('\n')
			// Every rule that was tried, not only the one that decided.
			for _, r := range m.Rules() {
				fmt.Fprintf(w, "    %s: %s\n", r.Rule, summary.Plain(r.Said, 0))
			}
		}
	}
}
