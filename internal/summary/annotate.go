package summary

import (
	"fmt"
	"sort"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/service"
)

// Annotations lists what to remark on the changed code, the gravest first: new
// findings, then changed lines that no test ran, each run of lines as one. At
// most perLevel of each level are returned (0: all), because CIs drop what is
// more; left says how many that leaves out. Their texts are from outside: who
// speaks to the CI escapes them for it.
func Annotations(p Page, perLevel int) (list []console.Annotation, left int) {
	used := map[console.Level]int{}
	room := func(level console.Level) bool {
		used[level]++
		if perLevel > 0 && used[level] > perLevel {
			left++
			return false
		}
		return true
	}
	list = append(testRemarks(p.Tests, room), findingRemarks(p, room)...)
	for _, a := range uncoveredRemarks(p) {
		if room(a.Level) {
			list = append(list, a)
		}
	}
	return list, left
}

// findingRemarks makes those for which there is room.
func findingRemarks(p Page, room func(console.Level) bool) []console.Annotation {
	if p.Findings == nil {
		return nil
	}
	p.Findings.Sort()
	var out []console.Annotation
	for i := range p.Findings.Items {
		f := &p.Findings.Items[i]
		if f.Age == service.Old || f.Path == "" {
			continue
		}
		level := console.Notice
		switch f.Severity {
		case "critical", "high":
			level = console.Error
		case "medium":
			level = console.Warning
		}
		if !room(level) {
			continue
		}
		out = append(out, console.Annotation{
			Level: level, Title: Plain(f.Severity+": "+f.Rule, 100), Message: Plain(f.Message, maxMessage),
			File: f.Path, Line: f.Line, EndLine: f.EndLine,
		})
	}
	return out
}

func uncoveredRemarks(p Page) []console.Annotation {
	if p.Patch == nil {
		return nil
	}
	var out []console.Annotation
	for _, f := range p.Patch.Files {
		for _, g := range group(f.Uncovered) {
			text := "No test ran this changed line."
			if g.last > g.first {
				text = fmt.Sprintf("No test ran these %d changed lines.", g.last-g.first+1)
			}
			out = append(out, console.Annotation{Level: console.Warning, Title: "Uncovered", Message: text, File: f.Path, Line: g.first, EndLine: g.last})
		}
		for _, n := range f.Partial {
			out = append(out, console.Annotation{Level: console.Notice, Title: "Partly covered", Message: "Not every branch of this changed line ran.", File: f.Path, Line: n})
		}
	}
	// The longest first: it is the most work that is missing.
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return (b.EndLine-b.Line)-(a.EndLine-a.Line) < 0
	})
	return out
}
