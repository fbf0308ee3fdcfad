package lcov

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// totals compares what a section of a tracefile states, LF, LH, BRF and BRH,
// with its records, and counts the records of kinds that nobody knows.
type totals struct {
	file            *coverage.File // of the section, nil if it cannot be compared
	lines, branches coverage.Count
	line            int   // of the last BA,
	arms            int64 // and how many have been of it
	strange         int
	kinds           []string // of strange records, a few of them
}

// notStated is a number that no record stated so far.
const notStated = -1

// begin ends the section before and begins one. Only the first section of a
// file can be compared with what is known of it.
func (t *totals) begin(report *coverage.Report, file *coverage.File, first bool) {
	t.compare(report)
	if first {
		t.file = file
	}
	t.lines = coverage.Count{Covered: notStated, Coverable: notStated}
	t.branches = t.lines
}

// see reads LF:12 and its like.
func (t *totals) see(tag, rest []byte) bool {
	n, ok := scan.Int(rest)
	switch string(tag) {
	case "LF":
		t.lines.Coverable = n
	case "LH":
		t.lines.Covered = n
	case "BRF":
		t.branches.Coverable = n
	case "BRH":
		t.branches.Covered = n
	}
	return ok
}

func (t *totals) compare(report *coverage.Report) {
	if t.file != nil {
		lines := coverage.Stated{As: "LH, LF", Unit: coverage.UnitLines, Count: t.lines}
		if t.file.NumLines() == 0 {
			lines.Why = "the section has no DA records, which would name them"
		}
		report.CompareFile(t.file, lines,
			coverage.Stated{As: "BRH, BRF", Unit: coverage.UnitBranches, Count: t.branches})
	}
	t.file = nil
}

// end ends the tracefile.
func (t *totals) end(report *coverage.Report) {
	t.compare(report)
	if t.strange > 0 {
		report.Remark("%d records of kinds that LCOV does not describe were stepped over: %s", t.strange, strings.Join(t.kinds, ", "))
	}
}

// unknown steps over a record of a kind that LCOV does not describe.
func (t *totals) unknown(tag []byte) {
	const named = 5
	t.strange++
	if !slices.Contains(t.kinds, string(tag)) && len(t.kinds) <= named {
		if len(t.kinds) == named {
			tag = fmt.Append(nil, "…")
		}
		t.kinds = append(t.kinds, string(tag))
	}
}

// isKey reports whether a tag looks like one of a tracefile: capitals, digits
// and underscores.
func isKey(tag []byte) bool {
	for i, c := range tag {
		if (c < 'A' || c > 'Z') && c != '_' && (i == 0 || c-'0' > 9) {
			return false
		}
	}
	return len(tag) > 0 && len(tag) <= 32
}
