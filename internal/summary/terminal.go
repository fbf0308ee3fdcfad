package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// TerminalOptions says what the terminal can do.
type TerminalOptions struct {
	Color   bool // the stream is a terminal and NO_COLOR is not set
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

func (t *terminal) line(format string, args ...any) { fmt.Fprintf(&t.b, format+"\n", args...) }

// What stands around the number of a colour.
const (
	paintStart = "\x1b["
	paintEnd   = "m"
)

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
	return paintStart + code + paintEnd + s + paintStart + "0" + paintEnd
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
	return rows
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
		cells = append(cells, []string{"  " + Plain(k.Name, 60), Percent(k.Lines), changeOf(&k.Lines, k.Before), patchOf(k.Patch), carried(k)})
	}
	t.table(nil, cells, t.options.MaxRows)
	cells = nil
	for _, f := range c.Files {
		cells = append(cells, []string{"  " + Plain(f.Path, 80), percentOf(f.Now), fileChange(f)})
	}
	t.table(nil, cells, t.options.MaxRows)
	t.indirect(c.Indirect)
}

func (t *terminal) patch(p *coverage.Patch) {
	if p == nil {
		return
	}
	t.line("")
	t.line("Patch     %s  %d of %d changed lines in %s", Percent(p.Totals), p.Totals.Covered, p.Totals.Coverable, count(len(p.Files), "file"))
	var cells [][]string
	for _, f := range worstFirst(p.Files) {
		cells = append(cells, []string{"  " + Plain(f.Path, 80), Percent(f.Count()), patchWhy(f)})
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

// table writes rows with aligned columns and no lines between. Columns that
// are empty throughout are left out, head and all; rows past max are counted.
func (t *terminal) table(head []string, rows [][]string, max int) {
	more := len(rows) - max
	if more > 0 {
		rows = rows[:max]
	}
	widths := columnWidths(head, rows)
	if head != nil && len(rows) > 0 {
		t.row(head, widths)
	}
	for _, cells := range rows {
		t.row(cells, widths)
	}
	if more > 0 {
		t.line("  and %d more", more)
	}
}

func columnWidths(head []string, rows [][]string) []int {
	var widths []int
	for _, cells := range rows {
		for k, cell := range cells {
			if k == len(widths) {
				widths = append(widths, 0)
			}
			widths[k] = max(widths[k], columns(cell))
		}
	}
	for k := range min(len(head), len(widths)) {
		if widths[k] > 0 {
			widths[k] = max(widths[k], columns(head[k]))
		}
	}
	return widths
}

func (t *terminal) row(cells []string, widths []int) {
	var b strings.Builder
	for k, cell := range cells {
		if widths[k] > 0 {
			b.WriteString(cell)
			b.WriteString(strings.Repeat(" ", widths[k]-columns(cell)+2))
		}
	}
	t.line("%s", strings.TrimRight(b.String(), " "))
}
