package summary

import (
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/table"
)

// TerminalOptions says what the terminal can do.
type TerminalOptions struct {
	Color   bool // the stream is a terminal and NO_COLOR is not set
	Width   int  // columns of the terminal; 0 if it is none
	MaxRows int  // rows of each table; 0 is 20
}

// Terminal writes the page as compact tables: the verdict first, then each
// condition, then the numbers.
func Terminal(w io.Writer, p Page, o TerminalOptions) error {
	if o.MaxRows == 0 {
		o.MaxRows = 20
	}
	t := &terminal{options: o}
	t.head(p)
	t.conditions(p)
	t.coverage(p.Coverage)
	t.patch(p.Patch)
	t.tests(p.Tests)
	t.findings(p.Findings)
	for _, l := range p.Links {
		t.line("%s: %s", Plain(l.Text, 80), Plain(l.URL, 0))
	}
	for _, n := range p.Notes {
		t.line("note: %s", Plain(n, maxMessage))
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

type terminal struct {
	b       strings.Builder
	options TerminalOptions
}

// line writes a line, and what does not fit on the terminal indented below it.
func (t *terminal) line(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if t.options.Width > 0 && table.Columns(text) > t.options.Width {
		indent := text[:len(text)-len(strings.TrimLeft(text, " "))]
		text = indent + strings.ReplaceAll(table.Wrap(text, t.options.Width-len(indent)-2), "\n", "\n"+indent+"  ")
	}
	t.b.WriteString(text + "\n")
}

// share paints a percentage by how much is covered, as the badge does.
func (t *terminal) share(c coverage.Count, text string) string {
	p, ok := c.Percent()
	switch {
	case !ok:
		return text
	case p < 50:
		return t.paint(service.Failed, text)
	case p < 75:
		return t.paint(service.Warned, text)
	case p < 90:
		return text
	default:
		return t.paint(service.Passed, text)
	}
}

// paint colours text for an outcome; the text alone carries the meaning.
func (t *terminal) paint(o service.Outcome, s string) string {
	if !t.options.Color {
		return s
	}
	code := map[service.Outcome]string{
		service.Passed: "32", service.Warned: "33", service.Unknown: "33", service.Failed: "31",
	}[o]
	if code == "" {
		return s
	}
	return table.PaintStart + code + table.PaintEnd + s + table.PaintStart + "0" + table.PaintEnd
}

func (t *terminal) head(p Page) {
	title := Plain(p.title(), 80)
	if name := runName(p.Run); name != "" {
		title += ": " + name
	}
	t.line("%s", title)
	if p.Outcome != "" {
		t.line("%s", t.paint(p.Outcome, sign(p.Outcome)+" "+strings.ToUpper(word(p.Outcome))))
	}
}

// runName is "acme/api #7 at 1a2b3c4d5e", as far as it is known.
func runName(r Run) string {
	var parts []string
	if r.Repository != "" {
		parts = append(parts, Plain(r.Repository, 100))
	}
	switch {
	case r.PullRequest > 0:
		parts = append(parts, fmt.Sprintf("#%d", r.PullRequest))
	case r.Branch != "":
		parts = append(parts, Plain(r.Branch, 80))
	}
	if r.Commit != "" {
		parts = append(parts, "at "+Plain(shortCommit(r.Commit), 0))
	}
	return strings.Join(parts, " ")
}

func (t *terminal) conditions(p Page) {
	rows := conditionRows(p)
	if len(rows) == 0 {
		return
	}
	var cells [][]string
	for _, r := range rows {
		c := r.Condition
		cells = append(cells, []string{
			t.paint(c.Result, sign(c.Result)), Plain(r.name(), 80), Plain(c.Actual, 60),
			Plain(c.Wanted, 60), t.paint(c.Result, short(c.Result)), Plain(c.Why, maxMessage),
		})
	}
	t.line("")
	t.table([]string{"", "condition", "actual", "wanted", "result", "why"}, cells, t.options.MaxRows*2)
}

// row is a condition and who holds it; Judge is "" for the local rules.
type row struct {
	Judge string
	service.Condition
}

func (r row) name() string {
	if r.Judge == "" {
		return r.Name
	}
	return r.Judge + ": " + r.Name
}

// conditionRows puts the local conditions first, then each service's verdict
// with its own conditions. A service without a condition is a row itself.
func conditionRows(p Page) []row {
	var rows []row
	for _, c := range p.Rules {
		rows = append(rows, row{"", c})
	}
	for _, v := range p.Services {
		if len(v.Conditions) == 0 {
			rows = append(rows, row{"", service.Condition{Name: v.Service, Wanted: "gate passed", Actual: string(v.Outcome), Result: v.Outcome}})
			continue
		}
		for _, c := range v.Conditions {
			rows = append(rows, row{v.Service, c})
		}
	}
	samePrecision(rows)
	return rows
}

// percentage is a number of percent as judges and services write it.
var percentage = regexp.MustCompile(`^(\d+)(\.\d+)?( ?%)$`)

// samePrecision writes the percentages among the actual values with as many
// decimals as the one that has most.
func samePrecision(rows []row) {
	most := 0
	for _, r := range rows {
		if m := percentage.FindStringSubmatch(r.Actual); m != nil {
			most = max(most, len(m[2]))
		}
	}
	for i, r := range rows {
		if m := percentage.FindStringSubmatch(r.Actual); m != nil && most > 0 {
			rows[i].Actual = m[1] + "." + (strings.TrimPrefix(m[2], ".") + "000000000")[:most-1] + m[3]
		}
	}
}

func (t *terminal) coverage(c *Coverage) {
	if c == nil {
		return
	}
	t.line("")
	lines := c.Totals.Lines
	t.line("Coverage  %s%s  %d of %d lines in %s%s%s", Percent(lines), parens(totalChange(c)),
		lines.Covered, lines.Coverable, count(c.Totals.Files, "file"), branches(c.Totals.Branches), c.Baseline.text())
	var cells [][]string
	for _, k := range c.Components {
		cells = append(cells, []string{"  " + Plain(k.Name, 60), t.share(k.Lines, Percent(k.Lines)), changeOf(&k.Lines, k.Before), patchOf(k.Patch), carried(k)})
	}
	t.table(nil, cells, t.options.MaxRows)
	cells = nil
	for _, f := range c.Files {
		cells = append(cells, []string{"  " + Plain(f.Path, 80), t.shareOf(f.Now), fileChange(f)})
	}
	t.table(nil, cells, t.options.MaxRows)
	t.indirect(c.Indirect)
}

// shareOf is share of a count that may be missing.
func (t *terminal) shareOf(c *coverage.Count) string {
	if c == nil {
		return percentOf(c)
	}
	return t.share(*c, Percent(*c))
}

func (t *terminal) patch(p *coverage.Patch) {
	if p == nil {
		return
	}
	t.line("")
	t.line("Patch     %s  %d of %d changed lines in %s", Percent(p.Totals), p.Totals.Covered, p.Totals.Coverable, count(len(p.Files), "file"))
	var cells [][]string
	for _, f := range worstFirst(p.Files) {
		cells = append(cells, []string{"  " + Plain(f.Path, 80), t.share(f.Count(), Percent(f.Count())), patchWhy(f)})
	}
	t.table(nil, cells, t.options.MaxRows)
	if n := len(p.Unreported); n > 0 {
		t.line("  %s in no report: %s", count(n, "changed file"), someNames(p.Unreported, 3))
	}
}

func (t *terminal) findings(f *Findings) {
	if f == nil {
		return
	}
	t.line("")
	t.line("Findings  %s", findingsLine(f))
	var cells [][]string
	more := 0
	for _, i := range f.Items {
		switch {
		case i.Age == service.Old:
		case len(cells) == t.options.MaxRows:
			more++
		default:
			cells = append(cells, []string{"  " + Plain(i.Severity, 20), Plain(place(i), 80), Plain(i.Rule, 60), Plain(i.Message, 120)})
		}
	}
	t.table(nil, cells, t.options.MaxRows)
	if more > 0 {
		t.line("  and %d more", more)
	}
}

// table writes rows with aligned columns and no lines between; rows past max
// are counted.
func (t *terminal) table(head []string, rows [][]string, max int) {
	more := len(rows) - max
	if more > 0 {
		rows = rows[:max]
	}
	t.b.WriteString(table.Table{Head: head, Rows: rows, Width: t.options.Width}.String())
	if more > 0 {
		t.line("  and %d more", more)
	}
}
