package summary

import (
	"cmp"
	"fmt"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// What the terminal, the Markdown page and the HTML report say alike.

func totalChange(c *Coverage) string {
	if c.Before == nil {
		return ""
	}
	return change(c.Totals.Lines, c.Before.Lines)
}

func changeOf(now, before *coverage.Count) string {
	switch {
	case before == nil:
		return ""
	case now == nil:
		return "gone"
	default:
		return change(*now, *before)
	}
}

func percentOf(c *coverage.Count) string {
	if c == nil {
		return "–"
	}
	return Percent(*c)
}

// fileChange is the change of a file that one of the two reports may not have.
func fileChange(f FileChange) string {
	if f.Before == nil {
		return "new"
	}
	return changeOf(f.Now, f.Before)
}

func patchOf(c *coverage.Count) string {
	if c == nil {
		return ""
	}
	return fmt.Sprintf("patch %s", Percent(*c))
}

func parens(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

func branches(b coverage.Branches) string {
	if b.Total == 0 {
		return ""
	}
	return fmt.Sprintf(", branches %s", branchPercent(b))
}

// worstFirst orders changed files by uncovered lines, most first; files with
// nothing coverable among their changes are left out.
func worstFirst(files []coverage.PatchFile) []coverage.PatchFile {
	var out []coverage.PatchFile
	for _, f := range files {
		if f.Count().Coverable > 0 {
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := &out[i], &out[j]
		return cmp.Or(len(b.Uncovered)-len(a.Uncovered), len(b.Partial)-len(a.Partial), strings.Compare(a.Path, b.Path)) < 0
	})
	return out
}

// patchWhy says in words which changed lines want tests.
func patchWhy(f coverage.PatchFile) string {
	var parts []string
	if len(f.Uncovered) > 0 {
		parts = append(parts, "uncovered "+Ranges(f.Uncovered, 8))
	}
	if len(f.Partial) > 0 {
		parts = append(parts, "partly covered "+Ranges(f.Partial, 4))
	}
	return strings.Join(parts, "; ")
}

// place is where a finding is: "src/a.go:12".
func place(f service.Finding) string {
	if f.Line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}

// findingsLine is the findings in one line: "3 new (1 high, 2 low), 4 old".
func findingsLine(f *Findings) string {
	fresh, old, compared := 0, 0, false
	var parts []string
	for _, c := range f.tallies() {
		fresh, old = fresh+c.fresh, old+c.old
		if c.fresh > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.fresh, c.severity))
		}
	}
	for _, i := range f.Items {
		compared = compared || i.Age != ""
	}
	if fresh+old == 0 {
		return "none"
	}
	line := fmt.Sprintf("%d", fresh)
	if compared {
		line += " new"
	}
	line += parens(strings.Join(parts, ", "))
	if old > 0 {
		line += fmt.Sprintf(", %d old", old)
	}
	return line
}

// someNames lists the first few names of many.
func someNames(names []string, max int) string {
	var shown []string
	for i, n := range names {
		if i == max {
			return strings.Join(shown, ", ") + fmt.Sprintf(" and %d more", len(names)-max)
		}
		shown = append(shown, Plain(n, 80))
	}
	return strings.Join(shown, ", ")
}
