package gcov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// SniffJSON reports whether head begins gcov's JSON (gcov --json-format) or
// gcovr's (gcovr --json).
func SniffJSON(head []byte) bool {
	return bytes.Contains(head, []byte(`"gcovr/`)) && !SniffSummary(head) || scan.Has(head, "gcc_version", "files/[]/lines/[]/line_number", "files/[]/functions/[]/blocks")
}

// SniffSummary reports whether head begins gcovr's JSON of totals (gcovr
// --json-summary), which has no lines.
func SniffSummary(head []byte) bool {
	return scan.Has(head, "gcovr/summary_format_version", "files/[]/line_covered", "files/[]/line_total")
}

// ParseJSON reads gcov's or gcovr's JSON. Lines that come several times, once
// for each instance of a function, add up. Lines that gcovr was told to leave
// out are left out. Each of several documents names its files as seen from the
// folder that it was compiled in, which it may say after them.
func ParseJSON(r io.Reader) (*coverage.Report, error) {
	whole := coverage.New()
	p := jsonParser{j: scan.NewJSON(r)}
	p.lines = scan.NewRows(p.j, p.readLine, p.takeLine)
	j := p.j
	for j.More() {
		dir := ""
		p.report = nil
		j.Object(func(key []byte) {
			switch string(key) {
			case "current_working_directory":
				dir = j.String()
			case "files":
				if p.report == nil { // there may be millions of documents without any
					p.report = coverage.New()
				}
				j.Array(p.source)
			case "gcovr/summary_format_version":
				j.Fail(summary)
			}
		})
		if p.report == nil {
			continue
		}
		// Line by line: to join columns at each document would take as long as the
		// whole file each time.
		for _, f := range p.report.Files() {
			to := whole.File(within(dir, f.Path))
			for n, hits := range f.Lines() {
				to.Hit(n, hits)
			}
			for b, taken := range f.Taken() {
				to.Branch(b.Line, b.ID, taken)
			}
		}
	}
	return whole, j.End()
}

// summary is the error of a report whose files have a "filename" and totals.
const summary = "gcovr's summary, which has no lines; expected the output of gcovr --json"

type jsonParser struct {
	report *coverage.Report
	j      *scan.JSON
	lines  *scan.Rows
	file   *coverage.File // in hand
	more   []int64        // counts of branches of a line for which a row has no room
}

// What a row keeps of a line: its number, hits, whether it is left out, how many
// branches it has, and the counts of the first of them.
const (
	rowNumber = iota
	rowHits
	rowExcluded
	rowBranches
	rowTaken
	fewBranches = scan.RowSize - rowTaken
)

func (p *jsonParser) source() {
	p.report.Entry(p.j, "file", "lines", func(f *coverage.File, key []byte) {
		switch p.file = f; string(key) {
		case "lines":
			p.lines.Array()
		case "filename":
			p.j.Fail(summary)
		}
	})
}

func (p *jsonParser) readLine([]byte) {
	j, r := p.j, p.lines
	branches, excluded := 0, false
	p.more = p.more[:0]
	j.Object(func(key []byte) {
		switch string(key) {
		case "line_number":
			r.Int(rowNumber)
		case "count":
			r.Count(rowHits)
		case "gcovr/noncode", "gcovr/excluded":
			excluded = excluded || j.Bool()
		case "branches":
			j.Array(func() { branches = p.readBranch(branches) })
		}
	})
	if excluded {
		r.Set(rowExcluded, 1)
	}
	r.Set(rowBranches, int64(min(branches, fewBranches)))
}

// readBranch reads a branch of a line after n others, and returns how many there
// are with it, unless it is left out.
func (p *jsonParser) readBranch(n int) int {
	j, r := p.j, p.lines
	skip, count := false, int64(0)
	j.Object(func(key []byte) {
		switch string(key) {
		case "count":
			if n < fewBranches {
				r.Count(rowTaken + n)
				return
			}
			count, _ = j.Count()
		case "gcovr/excluded":
			skip = j.Bool()
		}
	})
	if skip {
		return n
	}
	if n >= fewBranches {
		r.Once()
		p.more = append(p.more, count)
	}
	return n + 1
}

func (p *jsonParser) takeLine(row *scan.Row) {
	more := p.more
	p.more = p.more[:0]
	if row[rowExcluded] != 0 {
		return
	}
	n := int(row[rowNumber])
	p.file.Hit(n, row[rowHits])
	for i, taken := range row[rowTaken : rowTaken+row[rowBranches]] {
		p.file.Branch(n, uint32(i), taken)
	}
	for i, taken := range more {
		p.file.Branch(n, uint32(fewBranches+i), taken)
	}
}
