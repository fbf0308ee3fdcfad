package job

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/summary"
)

// ReportSet is what Reports read.
type ReportSet struct {
	Files   []ReportInfo    // in the order of their names
	Matches [][]match.Match // what became of each report's paths; nil with raw paths, and without what is matched unless Reports.Trace
	Remarks []ReportRemark  // what there is to say of the reports, in the same order
	all     *coverage.Report
}

// ReportInfo is what is known of a report once its coverage is part of the whole.
type ReportInfo struct {
	Path   string // as the user would name it
	Format string // "lcov", "cobertura", …
	Files  int    // of the commit
	Named  int    // files in the report

	parts []coverage.Part // it, or what it was merged from
}

// ReportRemark is a warning about one report.
type ReportRemark struct {
	Report string `json:"report"`
	coverage.Remark
}

// mostWarnings is how many remarks are said one by one.
const mostWarnings = 10

// warn says what there is to say of the reports.
func (r *ReportSet) warn(c *console.Console) {
	for i, remark := range r.Remarks {
		if i == mostWarnings {
			c.Warn("%s more like these; coverage report --output json lists them", count(len(r.Remarks)-i, "warning"))
			return
		}
		c.Warn("%s: %s", summary.Plain(remark.Report, 0), summary.Plain(remark.Message, 0))
	}
}

// Merged returns everything in one report, which nobody may change.
func (r ReportSet) Merged() *coverage.Report { return r.all }

// Unmatched returns what no file of the commit was found for, and what was left
// undecided.
func (r ReportSet) Unmatched() []match.Match {
	var out []match.Match
	for _, matches := range r.Matches {
		for _, m := range matches {
			if m.Path == "" && m.How != match.Ignored {
				out = append(out, m)
			}
		}
	}
	return out
}

// unclear returns a path of the reports that may be one of these files of the
// commit, and is not known to be.
func (r ReportSet) unclear(files []string) (match.Match, bool) {
	for _, m := range r.Unmatched() {
		if m.Unclear() && slices.ContainsFunc(files, func(f string) bool { return slices.Contains(m.Others(), f) }) {
			return m, true
		}
	}
	return match.Match{}, false
}

// leftOut says what of the reports does not count, and why: in warnings what may
// be of the commit all the same, in a remark what is not.
func (r ReportSet) leftOut() (warnings []string, remark string) {
	const few = 5
	missing, unclear, past := r.Unmatched(), 0, 0
	for _, m := range missing {
		if !m.Unclear() {
			continue
		}
		if unclear++; unclear <= few {
			warnings = append(warnings, fmt.Sprintf("%s is left out: %s; %s decides", m.Report, m.Reason(), m.Flag()))
		}
	}
	if unclear > few {
		warnings = append(warnings, fmt.Sprintf("%s more may be files of the commit, and are left out", count(unclear-few, "file")))
	}
	for _, matches := range r.Matches {
		for _, m := range matches {
			if n := m.Past(); n > 0 {
				if past++; past <= few {
					warnings = append(warnings, fmt.Sprintf("%s: %s of the report left out, beyond the end of the file", m.Path, count(n, "line")))
				}
			}
		}
	}
	if past > few {
		warnings = append(warnings, fmt.Sprintf("%s more had lines beyond their end, which are left out", count(past-few, "file")))
	}
	if n := len(missing) - unclear; n > 0 {
		first := missing[slices.IndexFunc(missing, func(m match.Match) bool { return !m.Unclear() })]
		remark = fmt.Sprintf("not in the commit, and left out: %s of the reports, such as %s (%s); gatewright coverage report --explain says why of each",
			count(n, "file"), first.Report, cmp.Or(first.Note, first.Reason()))
	}
	return warnings, remark
}

// SayLeftOut says so on standard error.
func (r ReportSet) SayLeftOut(c *console.Console) {
	warnings, remark := r.leftOut()
	for _, w := range warnings {
		c.Warn("%s", summary.Plain(w, 0))
	}
	if remark != "" {
		c.Say("%s", summary.Plain(remark, 0))
	}
}

// MatchedAny fails where reports had files and none of them is the commit's.
func (r ReportSet) MatchedAny() error {
	files := 0
	for _, file := range r.Files {
		if file.Files > 0 {
			return nil
		}
		files += file.Named
	}
	missing := r.Unmatched()
	if files == 0 || len(missing) == 0 {
		return fault.WithHint(fault.Errorf(fault.Input, "the coverage reports hold no files"),
			"the tests may have run without coverage, or --ignore left out everything")
	}
	return fault.WithHint(fault.Errorf(fault.Input, "no file in the coverage reports is a file of the commit (%s, such as %s: %s)", count(files, "file"),
		summary.Plain(missing[0].Report, 0), summary.Plain(cmp.Or(missing[0].Note, missing[0].Reason()), 0)),
		"gatewright coverage report --explain says why; --root or --path-map say where paths begin")
}
