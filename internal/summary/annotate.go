package summary

import (
	"fmt"
	"sort"

	"github.com/gatewright/gatewright/internal/service"
)

// Annotation is a remark at a place in the changed code. The texts are from
// outside; whoever speaks to the CI escapes them for it.
type Annotation struct {
	Level   string // "error", "warning", "notice"
	Title   string
	Message string
	File    string
	Line    int
	EndLine int // 0 if the same as Line
}

// Annotations lists what to remark on the changed code, the gravest first: new
// findings, then changed lines that no test ran, each run of lines as one. At
// most perLevel of each level are given (0: all), because CIs drop what is
// more; left says how many that leaves out.
func Annotations(p Page, perLevel int) (list []Annotation, left int) {
	used := map[string]int{}
	room := func(level string) bool {
		used[level]++
		if perLevel > 0 && used[level] > perLevel {
			left++
			return false
		}
		return true
	}
	list = append(testRemarks(p, room), findingRemarks(p, room)...)
	for _, a := range uncoveredRemarks(p) {
		if room(a.Level) {
			list = append(list, a)
		}
	}
	return list, left
}

// findingRemarks makes those for which there is room.
func findingRemarks(p Page, room func(level string) bool) []Annotation {
	if p.Findings == nil {
		return nil
	}
	p.Findings.Sort()
	var out []Annotation
	for i := range p.Findings.Items {
		f := &p.Findings.Items[i]
		if f.Age == service.Old || f.Path == "" {
			continue
		}
		level := "notice"
		switch f.Severity {
		case "critical", "high":
			level = "error"
		case "medium":
			level = "warning"
		}
		if !room(level) {
			continue
		}
		out = append(out, Annotation{
			Level: level, Title: Plain(f.Severity+": "+f.Rule, 100), Message: Plain(f.Message, maxMessage),
			File: f.Path, Line: f.Line, EndLine: f.EndLine,
		})
	}
	return out
}

func uncoveredRemarks(p Page) []Annotation {
	if p.Patch == nil {
		return nil
	}
	var out []Annotation
	for _, f := range p.Patch.Files {
		for _, g := range Group(f.Uncovered) {
			text := "No test ran this changed line."
			if g.Last > g.First {
				text = fmt.Sprintf("No test ran these %d changed lines.", g.Last-g.First+1)
			}
			out = append(out, Annotation{Level: "warning", Title: "Uncovered", Message: text, File: f.Path, Line: g.First, EndLine: g.Last})
		}
		for _, n := range f.Partial {
			out = append(out, Annotation{Level: "notice", Title: "Partly covered", Message: "Not every branch of this changed line ran.", File: f.Path, Line: n})
		}
	}
	sort.SliceStable(out, func(i, j int) bool { // the longest first
		return out[i].EndLine-out[i].Line > out[j].EndLine-out[j].Line
	})
	return out
}
