// Package coveragepy reads the JSON report of coverage.py.
package coveragepy

import (
	"io"
	"math"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a JSON report of coverage.py.
func Sniff(head []byte) bool {
	return scan.Has(head, "files/*/executed_lines", "files/*/missing_lines", "files/*/summary/num_statements") ||
		scan.Has(head, "meta") && scan.Has(head, "files")
}

// Parse reads a report. It knows whether a line ran, not how often: one that
// did counts one hit. Branches are arcs from one line to another and belong to
// the line that they leave.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	j := scan.NewJSON(r)
	var executed coverage.File
	j.Object(func(key []byte) {
		if string(key) == "files" {
			j.Object(func(key []byte) { file(j, report, report.FileBytes(key), &executed) })
		}
		if string(key) == "totals" {
			state(j, report)
		}
	})
	return report, j.End()
}

// state keeps the totals.
func state(j *scan.JSON, report *coverage.Report) {
	lines := coverage.Total("totals.covered_lines, num_statements", coverage.UnitLines)
	branches := coverage.Total("totals.covered_branches, num_branches", coverage.UnitBranches)
	j.Ints(
		scan.Field{Key: "covered_lines", Into: &lines.Covered}, scan.Field{Key: "num_statements", Into: &lines.Coverable},
		scan.Field{Key: "covered_branches", Into: &branches.Covered}, scan.Field{Key: "num_branches", Into: &branches.Coverable},
	)
	report.State(lines)
	report.State(branches)
}

// file reads one file. Lines that the configuration excludes are among those that
// ran, and are no statements. Before version 7.13.1 docstrings are, too: where the
// summary counts fewer lines, the first is the module's. Those of classes are left
// among the lines, and said: a summary counts lines and names none, so that it does
// not tell which they are.
//
// executed is for the lines that ran, and is emptied.
func file(j *scan.JSON, report *coverage.Report, f, executed *coverage.File) {
	const excluded = 1 << 32 // in place of hits
	executed.Reset()
	lines := func(of *coverage.File, hits int64) {
		j.Counts("", func(_ int, line int64) { of.Hit(int(line), hits) })
	}
	stated := math.MaxInt
	statements, listed := 0, false // of the summary, and whether there is more than that
	j.Object(func(key []byte) {
		switch string(key) {
		case "executed_lines":
			listed = true
			lines(executed, 1)
		case "missing_lines":
			listed = true
			lines(f, 0)
		case "excluded_lines":
			lines(executed, excluded)
		case "executed_branches":
			arcs(j, f, 1)
		case "missing_branches":
			arcs(j, f, 0)
		case "summary":
			j.Ints(scan.Field{Key: "covered_lines", Into: &stated}, scan.Field{Key: "num_statements", Into: &statements})
		}
	})
	if statements > 0 && !listed {
		j.Fail("%s has a summary and no lines", f.Path)
		return
	}
	first := 0 // that ran
	for line, hits := range executed.Lines() {
		if hits >= excluded {
			continue
		}
		if stated--; first > 0 {
			f.Hit(line, 1)
			continue
		}
		first = line
	}
	if stated >= 0 {
		f.Hit(first, 1)
	}
	report.Apart(-stated-1, "are docstrings of classes, which the report names among the lines that ran")
}

// arcs reads [[12, 13], [12, -1]]. One from a line to itself is a statement of
// several lines, or a comprehension, and no branch; coverage.py lists those that
// were executed up to version 7.6.
func arcs(j *scan.JSON, f *coverage.File, taken int64) {
	j.Array(func() {
		var ends [2]int64
		i := 0
		j.Array(func() {
			if n, ok := j.Signed(); ok && i < 2 {
				ends[i] = int64(n) // below zero it leaves the function that begins there
				i++
			}
		})
		if ends[0] != ends[1] {
			f.Branch(int(ends[0]), uint32(ends[1]), taken)
		}
	})
}
