package summary

import (
	"fmt"
	"io"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
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
	t := &terminal{options: o, digits: p.digits()}
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
	digits
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

// share is a covered share that may be missing, painted as the badge is.
func (t *terminal) share(c *coverage.Count) string {
	text := t.percentOr(c, "–")
	if c == nil || c.Coverable == 0 {
		return text
	}
	p, _ := c.Percent()
	return t.paint([]service.Outcome{service.Failed, service.Warned, service.None, service.Passed}[grade(p, badgeSteps()...)], text)
}

// paint colours text for an outcome; the text alone carries the meaning.
func (t *terminal) paint(o service.Outcome, s string) string {
	code := lookOf(o).paint
	if !t.options.Color || code == "" {
		return s
	}
	return table.PaintStart + code + table.PaintEnd + s + table.PaintStart + "0" + table.PaintEnd
}

func (t *terminal) head(p Page) {
	t.line("%s", Plain(p.title(), 80)+after(": ", runName(p.Run)))
	if p.Outcome != "" {
		t.line("%s", t.paint(p.Outcome, lookOf(p.Outcome).sign+" "+strings.ToUpper(lookOf(p.Outcome).word)))
	}
}

// runName is "acme/api #7 at 1a2b3c4d5e", as far as it is known.
func runName(r Run) string {
	which := Plain(r.Branch, 80)
	if r.PullRequest > 0 {
		which = fmt.Sprintf("#%d", r.PullRequest)
	}
	return joined(" ", Plain(r.Repository, 100), which, after("at ", Plain(fmt.Sprintf("%.10s", r.Commit), 0)))
}

func (t *terminal) conditions(p Page) {
	l := &list{head: []string{"", "condition", "actual", "wanted", "result", "why"}, max: 2 * t.options.MaxRows}
	for _, r := range conditionRows(p) {
		l.add(func() []string {
			is := lookOf(r.Result)
			return []string{
				t.paint(r.Result, is.sign), Plain(r.name(), 80), Plain(r.Actual, 60),
				Plain(r.Wanted, 60), t.paint(r.Result, is.short), Plain(r.Why, maxMessage),
			}
		})
	}
	if len(l.rows) > 0 {
		t.line("")
		t.write(l)
	}
}

func (t *terminal) coverage(c *Coverage) {
	if c == nil {
		return
	}
	t.line("")
	t.line("Coverage  %s%s  %s", t.Percent(c.Totals.Lines), t.total(c), t.lines(c))
	parts := t.list()
	for _, k := range c.Components {
		parts.add(func() []string {
			patch := ""
			if k.Patch != nil {
				patch = "patch " + t.Percent(*k.Patch)
			}
			return []string{"  " + Plain(k.Name, 60), t.share(&k.Lines), t.changeOf(&k.Lines, k.Before), patch, carried(k)}
		})
	}
	t.write(parts)
	files := t.list()
	for _, f := range c.Files {
		files.add(func() []string { return []string{"  " + Plain(f.Path, 80), t.share(f.Now), t.fileChange(f)} })
	}
	t.write(files)
	t.indirect(c.Indirect)
}

func (t *terminal) patch(p *coverage.Patch) {
	if p == nil {
		return
	}
	t.line("")
	t.line("Patch     %s  %d of %d changed lines in %s", t.Percent(p.Totals), p.Totals.Covered, p.Totals.Coverable, console.Count(len(p.Files), "file"))
	l := t.list()
	for _, f := range worstFirst(p.Files) {
		l.add(func() []string {
			c := f.Count(t.partlyMissed)
			return []string{"  " + Plain(f.Path, 80), t.share(&c), patchWhy(f)}
		})
	}
	t.write(l)
	if n := len(p.Unreported); n > 0 {
		t.line("  %s in no report: %s", console.Count(n, "changed file"), someNames(p.Unreported, func(n string) string { return Plain(n, 80) }))
	}
}

func (t *terminal) findings(f *Findings) {
	if f == nil {
		return
	}
	t.line("")
	t.line("Findings  %s", findingsLine(f))
	l := t.list()
	for i := range f.Items {
		if item := &f.Items[i]; item.Age != service.Old {
			l.add(func() []string {
				return []string{"  " + Plain(item.Severity, 20), Plain(place(item.Path, item.Line), 80), Plain(item.Rule, 60), Plain(item.Message, 120)}
			})
		}
	}
	t.write(l)
}

// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (t *terminal) list() *list { return &list{max: t.options.MaxRows} }

// write writes a list with aligned columns and no lines between.
func (t *terminal) write(l *list) {
	t.b.WriteString(table.Table{Head: l.head, Rows: l.rows, Width: t.options.Width}.String())
	if l.more > 0 {
		t.line("  and %d more", l.more)
	}
}
