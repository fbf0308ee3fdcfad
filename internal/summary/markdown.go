package summary

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// Flavour says what the place that shows Markdown can do, and how much it takes.
type Flavour struct {
	Limit   int  // bytes; 0 is no limit
	Mermaid bool // renders ```mermaid blocks
	HTML    bool // renders <details>
	Short   bool // two lines are all it gets where nothing is wrong
}

// Markdown renders the page for a CI's run page that shows GitHub's Markdown,
// in at most limit bytes (0: no limit). What does not fit is cut row by row,
// least important first, and the page says so; the verdict always stays.
func Markdown(p Page, limit int) string {
	return MarkdownFor(p, Flavour{Limit: limit, Mermaid: true, HTML: true})
}

// MarkdownFor is Markdown for another place.
func MarkdownFor(p Page, f Flavour) string {
	for _, rows := range []int{100, 50, 25, 10, 5, 2} {
		m := &markdown{flavour: f, rows: rows, digits: p.digits(), source: p.Run.SourceURL}
		if text := m.page(p); f.Limit <= 0 || len(text) <= f.Limit {
			return text
		}
	}
	m := &markdown{}
	m.verdict(p)
	const note = "\nThe rest is longer than this place takes.\n"
	text := m.b.String()
	if len(text)+len(note) > f.Limit {
		return strings.ToValidUTF8(note[1:min(len(note), max(f.Limit, 1))], "")
	}
	return text + note
}

// markdown is one attempt with at most so many rows a table.
type markdown struct {
	b       strings.Builder
	flavour Flavour
	rows    int
	source  string // address of a file at the commit up to its path; see Run
	digits
}

// line writes a line.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// page is in the order in which people need it: the verdict and why, what to do,
// the numbers, and everything else folded. Where nothing is wrong two lines say
// so.
func (m *markdown) page(p Page) string {
	if wellDone(p) {
		m.verdict(p)
		m.line("%s", joined(" · ", m.numbers(p), about(p)))
		if !m.flavour.Short {
			m.fold("Details", func() {
				m.conditions(conditionRows(p))
				m.coverage(p)
				m.more(p)
				m.changedFiles(p)
			})
		}
		return m.b.String()
	}
	m.verdict(p)
	m.reasons(p)
	m.notes(p)
	m.patch(p.Patch)
	m.tests(p.Tests)
	m.findings(p.Findings)
	m.coverage(p)
	m.done(p)
	m.more(p)
	if others := slices.DeleteFunc(conditionRows(p), reason); len(others) > 0 {
		m.fold(console.Count(len(others), "more condition"), func() { m.conditions(others) })
	}
	m.changedFiles(p)
	if what := about(p); what != "" {
		m.line("\nFor %s", what)
	}
	return m.b.String()
}

// reason reports whether the condition is one to be named at the top: it is not
// met, or not known to be.
func reason(r row) bool {
	return r.Result != service.Passed && r.Result != service.None
}

// done says of which parts nothing is left to do.
func (m *markdown) done(p Page) {
	ran, none := "", ""
	if p.Patch != nil && !open(p.Patch) && p.Patch.Totals.Coverable > 0 {
		ran = console.Count(p.Patch.Totals.Coverable, "changed line") + ", all of which ran."
	}
	if p.Findings != nil && clean(p.Findings) {
		none = "No new findings."
	}
	if text := joined(" ", ran, none); text != "" {
		m.line("\n%s", text)
	}
}

// open reports whether changed lines never ran, ran in part or are in no report.
func open(p *coverage.Patch) bool {
	return p.Totals.Covered < p.Totals.Coverable || len(unreported(p)) > 0 ||
		slices.ContainsFunc(p.Files, func(f coverage.PatchFile) bool { return len(f.Uncovered)+len(f.Partial) > 0 })
}

// unreported returns the changed files that no report names, prose and pictures
// aside, which none could.
func unreported(p *coverage.Patch) (names []string) {
	for _, name := range p.Unreported {
		switch strings.ToLower(path.Ext(name)) {
		case ".md", ".mdx", ".rst", ".adoc", ".txt", ".png", ".jpg", ".jpeg", ".gif", ".svg":
		default:
			names = append(names, name)
		}
	}
	return names
}

// clean reports whether no finding is new, of those that are known and any other.
func clean(f *Findings) bool { return !fresh(f) && len(f.Missing) == 0 }

// fresh reports whether a finding is new, or may be.
func fresh(f *Findings) bool {
	return slices.ContainsFunc(f.Items, func(f service.Finding) bool { return f.Age != service.Old })
}

// wellDone reports whether nothing on the page needs to be done or known.
func wellDone(p Page) bool {
	return p.Outcome == service.Passed && len(p.Notes) == 0 && (p.Patch == nil || !open(p.Patch)) && (p.Findings == nil || clean(p.Findings)) &&
		!slices.ContainsFunc(conditionRows(p), func(r row) bool { return r.Result != service.Passed })
}

// numbers are the measured values in short.
func (d digits) numbers(p Page) string {
	total, indirect, patch, findings := "", "", "", ""
	if c := p.Coverage; c != nil {
		total, indirect = "Coverage "+d.Percent(c.Totals.Lines)+d.total(c), shiftsLine(c.Indirect)
	}
	if p.Patch != nil && p.Patch.Totals.Coverable > 0 {
		patch = fmt.Sprintf("patch %s of %s", d.Percent(p.Patch.Totals), console.Count(p.Patch.Totals.Coverable, "line"))
	}
	if p.Findings != nil {
		findings = "no new findings"
	}
	return joined(" · ", total, indirect, patch, findings)
}

// fold puts what write writes behind a summary that opens it, where the place
// can.
func (m *markdown) fold(summary string, write func()) {
	if !m.flavour.HTML {
		m.line("\n#### %s", summary)
		write()
		return
	}
	m.line("\n<details><summary>%s</summary>", summary)
	write()
	m.line("\n</details>")
}

// reasons names each condition that is not met, or not known to be.
func (m *markdown) reasons(p Page) {
	rows := slices.DeleteFunc(conditionRows(p), func(r row) bool { return !reason(r) })
	if len(rows) > 0 {
		m.line("")
	}
	for _, r := range rows {
		c := r.Condition
		m.line("%s **%s** %s%s%s  ", lookOf(c.Result).icon, mdText(r.name(), 80), mdText(c.Actual, 60),
			after(", wanted ", mdText(c.Wanted, 60)), after(": ", mdText(c.Why, maxMessage)))
	}
}

func (m *markdown) notes(p Page) {
	for i, n := range p.Notes {
		if i == 0 {
			m.line("")
		}
		m.line("> %s", mdText(n, maxMessage))
		m.line(">")
	}
}

// more leads to where more is shown.
func (m *markdown) more(p Page) {
	var links []string
	for _, l := range p.Links {
		links = append(links, mdLink(mdText(l.Text, 80), l.URL))
	}
	if len(links) > 0 {
		m.line("\nMore: %s", strings.Join(links, " · "))
	}
}

func (m *markdown) verdict(p Page) {
	title := mdText(p.title(), 80)
	if p.Outcome == "" {
		m.line("## %s", title)
		return
	}
	m.line("## %s %s: %s", lookOf(p.Outcome).icon, title, lookOf(p.Outcome).word)
}

// about is what was judged.
func about(p Page) string {
	which, run := mdCode(p.Run.Branch, 80), ""
	if p.Run.PullRequest > 0 {
		which = fmt.Sprintf("pull request %d", p.Run.PullRequest)
	}
	if p.Run.URL != "" {
		run = mdLink("run", p.Run.URL)
	}
	return joined(" · ", mdCode(p.Run.Repository, 100), which, after("commit ", mdCode(fmt.Sprintf("%.10s", p.Run.Commit), 0)), run)
}

func (m *markdown) conditions(rows []row) {
	l := &list{head: []string{"", "Condition", "Actual", "Wanted", "Why"}, max: max(m.rows, 10)}
	for _, r := range rows {
		l.add(func() []string {
			is := lookOf(r.Result)
			return []string{is.icon + " " + is.short, mdText(r.name(), 80), mdText(r.Actual, 60), mdText(r.Wanted, 60), mdText(r.Why, maxMessage)}
		})
	}
	m.write(l)
}

func (m *markdown) findings(f *Findings) {
	if f == nil || !fresh(f) {
		return
	}
	m.line("\n### Findings: %s", findingsLine(f))
	l := m.list("Severity", "Place", "Rule", "Message")
	for i := range f.Items {
		if item := &f.Items[i]; item.Age != service.Old {
			l.add(func() []string {
				where := mdLink(mdCode(place(item.Path, item.Line), maxPath), fileURL(m.source, item.Path, item.Line))
				return []string{mdText(item.Severity, 20), where, mdLink(mdText(item.Rule, 60), item.Help), mdText(item.Message, 200)}
			})
		}
	}
	m.write(l)
}
