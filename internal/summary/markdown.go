package summary

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

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
		text := (&markdown{flavour: f, rows: rows}).page(p)
		if f.Limit <= 0 || len(text) <= f.Limit {
			return text
		}
	}
	m := &markdown{flavour: f, rows: 2}
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
}

func (m *markdown) line(format string, args ...any) { fmt.Fprintf(&m.b, format+"\n", args...) }

// page is in the order in which people need it: the verdict and why, what to do,
// the numbers, and everything else folded. Where nothing is wrong two lines say
// so.
func (m *markdown) page(p Page) string {
	if wellDone(p) {
		m.verdict(p)
		m.line("%s", strings.Join(append(numbers(p), about(p)...), " · "))
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
	m.patch(p)
	m.tests(p)
	m.findings(p)
	m.coverage(p)
	m.done(p)
	m.more(p)
	if others := slices.DeleteFunc(conditionRows(p), reason); len(others) > 0 {
		m.fold(count(len(others), "more condition"), func() { m.conditions(others) })
	}
	m.changedFiles(p)
	if parts := about(p); len(parts) > 0 {
		m.line("\nFor %s", strings.Join(parts, " · "))
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
	var parts []string
	if p.Patch != nil && !open(p.Patch) && p.Patch.Totals.Coverable > 0 {
		parts = append(parts, fmt.Sprintf("%s, all of which ran.", count(p.Patch.Totals.Coverable, "changed line")))
	}
	if p.Findings != nil && !fresh(p.Findings) {
		parts = append(parts, "No new findings.")
	}
	if len(parts) > 0 {
		m.line("\n%s", strings.Join(parts, " "))
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

// fresh reports whether a finding is new, or may be.
func fresh(f *Findings) bool {
	return slices.ContainsFunc(f.Items, func(f service.Finding) bool { return f.Age != service.Old })
}

// wellDone reports whether nothing on the page needs to be done or known.
func wellDone(p Page) bool {
	return p.Outcome == service.Passed && len(p.Notes) == 0 && (p.Patch == nil || !open(p.Patch)) && (p.Findings == nil || !fresh(p.Findings)) &&
		!slices.ContainsFunc(conditionRows(p), func(r row) bool { return r.Result != service.Passed })
}

// numbers are the measured values in short.
func numbers(p Page) []string {
	var out []string
	if c := p.Coverage; c != nil {
		out = append(out, "Coverage "+Percent(c.Totals.Lines)+parens(totalChange(c)))
		if text := shiftsLine(c.Indirect); text != "" {
			out = append(out, text)
		}
	}
	if p.Patch != nil && p.Patch.Totals.Coverable > 0 {
		out = append(out, fmt.Sprintf("patch %s of %s", Percent(p.Patch.Totals), count(p.Patch.Totals.Coverable, "line")))
	}
	if p.Findings != nil {
		out = append(out, "no new findings")
	}
	return out
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
	first := true
	for _, r := range conditionRows(p) {
		if !reason(r) {
			continue
		}
		c := r.Condition
		if first {
			m.line("")
			first = false
		}
		text := icon(c.Result) + " **" + mdText(r.name(), 80) + "** " + mdText(c.Actual, 60)
		if c.Wanted != "" {
			text += ", wanted " + mdText(c.Wanted, 60)
		}
		if c.Why != "" {
			text += ": " + mdText(c.Why, maxMessage)
		}
		m.line("%s  ", text)
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

// icon is an outcome as the emoji that stands before a verdict.
func icon(o service.Outcome) string {
	switch o {
	case service.Passed:
		return "✅"
	case service.Warned:
		return "⚠️"
	case service.Failed:
		return "❌"
	case service.Unknown:
		return "❔"
	default:
		return "➖"
	}
}

func (m *markdown) verdict(p Page) {
	title := mdText(p.title(), 80)
	if p.Outcome == "" {
		m.line("## %s", title)
		return
	}
	m.line("## %s %s: %s", icon(p.Outcome), title, word(p.Outcome))
}

// about is what was judged.
func about(p Page) []string {
	var parts []string
	if p.Run.Repository != "" {
		parts = append(parts, mdCode(p.Run.Repository, 100))
	}
	if p.Run.PullRequest > 0 {
		parts = append(parts, fmt.Sprintf("pull request %d", p.Run.PullRequest))
	} else if p.Run.Branch != "" {
		parts = append(parts, mdCode(p.Run.Branch, 80))
	}
	if p.Run.Commit != "" {
		parts = append(parts, "commit "+mdCode(shortCommit(p.Run.Commit), 0))
	}
	if p.Run.URL != "" {
		parts = append(parts, mdLink("run", p.Run.URL))
	}
	return parts
}

func (m *markdown) conditions(rows []row) {
	if len(rows) == 0 {
		return
	}
	t := m.table("", "Condition", "Actual", "Wanted", "Why")
	for _, r := range rows {
		c := r.Condition
		t.add(icon(c.Result)+" "+short(c.Result), mdText(r.name(), 80), mdText(c.Actual, 60), mdText(c.Wanted, 60), mdText(c.Why, maxMessage))
	}
	t.write(max(m.rows, 10))
}

func (m *markdown) coverage(p Page) {
	c := p.Coverage
	if c == nil {
		return
	}
	l := c.Totals.Lines
	m.line("\n### Coverage %s%s\n", Percent(l), parens(totalChange(c)))
	m.line("%s %d of %d lines in %s%s%s", bar(l), l.Covered, l.Coverable, count(c.Totals.Files, "file"), branches(c.Totals.Branches), c.Baseline.text())
	m.components(c.Components)
	m.trend(p.Trend)
}

// components are those of which there is something to see; what is covered
// whole and was so before is counted.
func (m *markdown) components(all []Component) {
	t, whole := m.table("Component", "Coverage", "Change", "Patch"), 0
	for _, k := range all {
		change := changeOf(&k.Lines, k.Before)
		if k.Lines.Coverable > 0 && k.Lines.Covered == k.Lines.Coverable && (change == "" || change == "±0") && k.Carried == "" && (k.Patch == nil || k.Patch.Covered == k.Patch.Coverable) {
			whole++
			continue
		}
		t.add(mdText(k.Name, 60), Percent(k.Lines)+parens(carried(k)), change, percentOrNone(k.Patch))
	}
	t.write(m.rows)
	if whole > 0 {
		m.line("\n%s at 100 %%.", count(whole, "component"))
	}
}

// trend draws the stored totals as a line, on a scale of its own.
func (m *markdown) trend(points []Point) {
	if len(points) < 2 || !m.flavour.Mermaid {
		return
	}
	points = points[max(0, len(points)-30):]
	var labels, values []string
	low, high := points[0].Value, points[0].Value
	for i, p := range points {
		low, high = min(low, p.Value), max(high, p.Value)
		label := p.Label
		if len(points) > 12 && i > 0 && i < len(points)-1 {
			label = " "
		}
		labels = append(labels, `"`+mermaidLabel(label)+`"`)
		values = append(values, fmt.Sprintf("%.1f", p.Value))
	}
	m.line("\n```mermaid\nxychart-beta\n  title \"Line coverage\"\n  x-axis [%s]\n  y-axis \"percent\" %.0f --> %.0f\n  line [%s]\n```",
		strings.Join(labels, ", "), max(math.Floor(low)-1, 0), min(math.Ceil(high)+1, 100), strings.Join(values, ", "))
}

// mermaidLabel keeps of a label what cannot end a Mermaid string.
func mermaidLabel(s string) string {
	return strings.Map(func(r rune) rune {
		if isWord(r) || strings.ContainsRune(" .-_/", r) {
			return r
		}
		return '.'
	}, shorten(s, 20))
}

func (m *markdown) patch(p Page) {
	if p.Patch == nil || !open(p.Patch) {
		return
	}
	t := p.Patch.Totals
	m.line("\n### Patch coverage %s\n", Percent(t))
	m.line("%s %d of %d changed lines ran", bar(t), t.Covered, t.Coverable)
	var files []coverage.PatchFile
	done := 0
	for _, f := range worstFirst(p.Patch.Files) {
		if len(f.Uncovered)+len(f.Partial) > 0 {
			files = append(files, f)
		} else {
			done++
		}
	}
	table := m.table("File", "Patch", "Lines", "Not run")
	for _, f := range files {
		if table.full() {
			continue
		}
		c, first := f.Count(), 0
		if len(f.Uncovered) > 0 {
			first = f.Uncovered[0]
		}
		name := mdLink(mdCode(f.Path, maxPath), fileURL(p.Run.SourceURL, f.Path, first))
		table.add(name, Percent(c), fmt.Sprintf("%d of %d", c.Covered, c.Coverable), m.notRun(p.Run.SourceURL, f))
	}
	table.write(m.rows)
	if done > 0 && len(files) > 0 {
		m.line("\n%s with every changed line covered.", count(done, "more file"))
	}
	if left := unreported(p.Patch); len(left) > 0 {
		n := len(left)
		var names []string
		for _, u := range left[:min(n, 3)] {
			names = append(names, mdCode(u, maxPath))
		}
		more := ""
		if n > 3 {
			more = fmt.Sprintf(" and %d more", n-3)
		}
		m.line("\nIn no report: %s%s", strings.Join(names, ", "), more)
	}
}

// notRun is patchWhy with a link to each group of lines.
func (m *markdown) notRun(source string, f coverage.PatchFile) string {
	var parts []string
	for _, l := range []struct {
		word  string
		lines []int
		most  int
	}{{"", f.Uncovered, 8}, {"partly covered ", f.Partial, 4}} {
		var groups []string
		for i, g := range Group(l.lines) {
			if i == l.most {
				groups = append(groups, fmt.Sprintf("%d more", len(Group(l.lines))-i))
				break
			}
			at := fileURL(source, f.Path, g.First)
			if len(at) > 3*maxPath {
				at = "" // the file's own link is enough
			}
			groups = append(groups, mdLink(g.text(), at))
		}
		if len(groups) > 0 {
			parts = append(parts, l.word+strings.Join(groups, ", "))
		}
	}
	return strings.Join(parts, "; ")
}

func (m *markdown) findings(p Page) {
	f := p.Findings
	if f == nil || !fresh(f) {
		return
	}
	m.line("\n### Findings: %s", findingsLine(f))
	t := m.table("Severity", "Place", "Rule", "Message")
	for _, i := range f.Items {
		if i.Age != service.Old && !t.full() {
			where := mdLink(mdCode(place(i), maxPath), fileURL(p.Run.SourceURL, i.Path, i.Line))
			t.add(mdText(i.Severity, 20), where, mdLink(mdText(i.Rule, 60), i.Help), mdText(i.Message, 200))
		}
	}
	t.write(m.rows)
}

// changedFiles is the longest and least important part: last, and folded.
func (m *markdown) changedFiles(p Page) {
	m.indirect(p)
	if p.Coverage == nil {
		return
	}
	var files []FileChange
	for _, f := range p.Coverage.Files { // more lines, and all of them covered as before, is nothing to look at
		if f.Now == nil || f.Before == nil || f.Now.Covered < f.Now.Coverable || f.Before.Covered < f.Before.Coverable {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return
	}
	m.fold(count(len(files), "file")+" with other coverage than the baseline", func() {
		t := m.table("File", "Now", "Change")
		for _, f := range files {
			if t.full() {
				continue
			}
			t.add(mdLink(mdCode(f.Path, maxPath), fileURL(p.Run.SourceURL, f.Path, 0)), percentOf(f.Now), fileChange(f))
		}
		t.write(m.rows)
	})
}

// bar is a share as ten blocks, for places that draw nothing.
func bar(c coverage.Count) string {
	percent, ok := c.Percent()
	if !ok {
		return ""
	}
	full := int(percent / 10)
	return "`" + strings.Repeat("█", full) + strings.Repeat("░", 10-full) + "`"
}

func percentOrNone(c *coverage.Count) string {
	if c == nil {
		return ""
	}
	return Percent(*c)
}
