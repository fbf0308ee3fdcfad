package summary

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
)

// What the terminal, the Markdown page and the HTML report say alike.

// total is the change since the baseline, in brackets, "" without one.
func (d digits) total(c *Coverage) string {
	if c.Before == nil {
		return ""
	}
	return parens(d.change(c.Totals.Lines, c.Before.Lines))
}

// fileChange is the change of a file that one of the two reports may not have.
func (d digits) fileChange(f FileChange) string {
	if f.Before == nil {
		return "new"
	}
	return d.changeOf(f.Now, f.Before)
}

// joined joins the parts that are there.
func joined(sep string, parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), sep)
}

// after is a text after words that lead to it; nothing if there is none.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func after(words, text string) string {
	if text == "" {
		return ""
	}
	return words + text
}

// counted is a text about so many things; nothing if there are none.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func counted(n int, text string) string {
	if n == 0 {
		return ""
	}
	return text
}

func parens(s string) string {
	if s == "" {
		return ""
	}
	return " (" + s + ")"
}

// lines says how many of the lines of how many files ran.
func (d digits) lines(c *Coverage) string {
	t := c.Totals
	return fmt.Sprintf("%d of %d lines in %s%s%s", t.Lines.Covered, t.Lines.Coverable, console.Count(t.Files, "file"),
		counted(t.Branches.Total, ", branches "+d.branches(t.Branches)), c.Baseline.text())
}

// worstFirst orders changed files by uncovered lines, most first; files with
// nothing coverable among their changes are left out.
func worstFirst(files []coverage.PatchFile) []coverage.PatchFile {
	var out []coverage.PatchFile
	for _, f := range files {
		if f.Count(false).Coverable > 0 {
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		return cmp.Or(len(b.Uncovered)-len(a.Uncovered), len(b.Partial)-len(a.Partial), strings.Compare(a.Path, b.Path)) < 0
	})
	return out
}

// patchWhy says in words which changed lines want tests.
func patchWhy(f coverage.PatchFile) string {
	return joined("; ", after("uncovered ", ranges(f.Uncovered, 8)), after("partly covered ", ranges(f.Partial, 4)))
}

// place is where a finding or a test is: "src/a.go:12".
func place(path string, line int) string {
	if line == 0 {
		return path
	}
	return fmt.Sprintf("%s:%d", path, line)
}

// someNames lists the first few names of many.
func someNames(names []string, shown func(name string) string) string {
	const few = 3
	var first []string
	for _, n := range names[:min(few, len(names))] {
		first = append(first, shown(n))
	}
	text := strings.Join(first, ", ")
	if more := len(names) - few; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
