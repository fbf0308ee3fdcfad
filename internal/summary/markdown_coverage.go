package summary

import (
	"fmt"
	"math"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
)

func (m *markdown) coverage(p Page) {
	c := p.Coverage
	if c == nil {
		return
	}
	m.line("\n### Coverage %s%s\n", m.Percent(c.Totals.Lines), m.total(c))
	m.line("%s %s", bar(c.Totals.Lines), m.lines(c))
	m.components(c.Components)
	m.trend(p.Trend)
}

// components are those of which there is something to see; what is covered
// whole and was so before is counted.
func (m *markdown) components(all []Component) {
	l, whole := m.list("Component", "Coverage", "Change", "Patch"), 0
	for _, k := range all {
		change := m.changeOf(&k.Lines, k.Before)
		if k.Lines.Coverable > 0 && k.Lines.Covered == k.Lines.Coverable && (change == "" || change == "±0") && k.Carried == "" && (k.Patch == nil || k.Patch.Covered == k.Patch.Coverable) {
			whole++
			continue
		}
		l.add(func() []string {
			return []string{mdText(k.Name, 60), m.Percent(k.Lines) + parens(carried(k)), change, m.percentOr(k.Patch, "")}
		})
	}
	m.write(l)
	if whole > 0 {
		m.line("\n%s at 100 %%.", console.Count(whole, "component"))
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

func (m *markdown) patch(p *coverage.Patch) {
	if p == nil || !open(p) {
		return
	}
	m.line("\n### Patch coverage %s\n", m.Percent(p.Totals))
	m.line("%s %d of %d changed lines %s", bar(p.Totals), p.Totals.Covered, p.Totals.Coverable, m.ran())
	l, done := m.list("File", "Patch", "Lines", "Not run"), 0
	for _, f := range worstFirst(p.Files) {
		if len(f.Uncovered)+len(f.Partial) == 0 {
			done++
			continue
		}
		l.add(func() []string {
			c, first := f.Count(m.partlyMissed), 0
			if len(f.Uncovered) > 0 {
				first = f.Uncovered[0]
			}
			return []string{m.file(f.Path, first), m.Percent(c), fmt.Sprintf("%d of %d", c.Covered, c.Coverable), m.notRun(f)}
		})
	}
	m.write(l)
	if done > 0 && len(l.rows) > 0 {
		m.line("\n%s with every changed line covered.", console.Count(done, "more file"))
	}
	if left := unreported(p); len(left) > 0 {
		m.line("\nIn no report: %s", someNames(left, func(n string) string { return mdCode(n, maxPath) }))
	}
}

// notRun is patchWhy with a link to each group of lines.
func (m *markdown) notRun(f coverage.PatchFile) string {
	var parts []string
	for _, l := range []struct {
		word  string
		lines []int
		most  int
	}{{"", f.Uncovered, 8}, {"partly covered ", f.Partial, 4}} {
		var groups []string
		all := group(l.lines)
		for i, g := range all {
			if i == l.most {
				groups = append(groups, fmt.Sprintf("%d more", len(all)-i))
				break
			}
			at := fileURL(m.source, f.Path, g.first)
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
	m.fold(console.Count(len(files), "file")+" with other coverage than the baseline", func() {
		l := m.list("File", "Now", "Change")
		for _, f := range files {
			l.add(func() []string { return []string{m.file(f.Path, 0), m.percentOr(f.Now, "–"), m.fileChange(f)} })
		}
		m.write(l)
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
