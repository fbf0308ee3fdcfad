// Package llvmcov reads the JSON that `llvm-cov export` writes.
package llvmcov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins an export.
func Sniff(head []byte) bool {
	return !SniffSummary(head) && (scan.Has(head, "data/[]/files/[]/filename", "data/[]/files/[]/segments", "data/[]/files/[]/branches", "data/[]/files/[]/expansions", "data/[]/functions/[]/filenames", "data/[]/functions/[]/regions") ||
		scan.Has(head, "data") && bytes.Contains(head, []byte("llvm.coverage")))
}

// SniffSummary reports whether head begins an export of totals alone
// (-summary-only), which has no lines.
func SniffSummary(head []byte) bool {
	return scan.Has(head, "data/[]/files/[]/summary/lines") && !scan.Has(head, "data/[]/files/[]/segments", "data/[]/files/[]/branches", "data/[]/files/[]/expansions", "data/[]/functions")
}

// Parse reads an export. Hits of a line are worked out from the segments that
// begin on it and the one that runs into it, as llvm-cov does for its own
// reports. An export of summaries alone has no lines and is refused.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.segmentRows = scan.NewRows(p.j, p.readSegment, p.takeSegment)
	p.branchRows = scan.NewRows(p.j, p.readBranch, p.takeBranch)
	p.j.Member("data", func() {
		p.j.Array(func() {
			p.j.Object(func(key []byte) {
				switch string(key) {
				case "files":
					p.j.Array(p.file)
				case "totals":
					p.totals()
				}
			})
		})
	})
	if p.programs == 1 {
		for _, s := range p.stated {
			p.report.State(s)
		}
	}
	return p.report, p.j.End()
}

// totals reads {"lines":{"count":5,"covered":4},"branches":{…}}. An export of
// several programs has them for each, of which the sum counts a file twice.
func (p *parser) totals() {
	p.programs++
	p.stated = append(p.stated, p.counts("totals")...)
}

// counts reads totals of lines and branches.
func (p *parser) counts(of string) (all []coverage.Stated) {
	p.j.Object(func(key []byte) {
		s := coverage.Total(of+"."+string(key), coverage.Unit(key))
		s.Why = "LLVM sums up functions, which can overlap (closures, instances, macros); here each counts once"
		if s.Unit != coverage.UnitLines && s.Unit != coverage.UnitBranches {
			return
		}
		p.j.Ints(scan.Field{Key: "count", Into: &s.Coverable}, scan.Field{Key: "covered", Into: &s.Covered})
		all = append(all, s)
	})
	return all
}

type parser struct {
	programs int
	stated   []coverage.Stated
	report   *coverage.Report
	j        *scan.JSON
	segments []segment
	branches []branch
	spans    coverage.Spans

	rows  list  // what branchRows is of
	macro int   // where the branches of the open expansion begin
	place int64 // of the branch before,
	nth   int64 // and how many of its function stand there before it

	segmentRows, branchRows *scan.Rows
}

// segment is where a count begins to hold: it holds until the next.
type segment struct {
	line    int
	column  int
	count   int64
	counted bool // the segment has a count
	entry   bool // a region begins here
	gap     bool // the region only fills space between others
}

func (p *parser) file() {
	j := p.j
	name := ""
	p.segments, p.branches = p.segments[:0], p.branches[:0]
	seen, stated := false, summary{branches: -1}
	j.Object(func(key []byte) {
		switch string(key) {
		case "filename":
			name = j.String()
		case "segments":
			seen = true
			p.segmentRows.Array()
		case "branches":
			p.list(ofFile)
		case "expansions":
			j.Array(p.expansion)
		case "summary":
			stated.read(j)
		}
	})
	if j.Err() != nil {
		return
	}
	if name == "" || !seen {
		j.Fail("a file without a filename or segments; was it exported with -summary-only?")
		return
	}
	f := p.report.File(name)
	p.lines(f)
	for _, b := range p.unfolded(f, stated) {
		for side, taken := range b.taken {
			if taken != foldedSide {
				f.Branch(b.line, uint32(b.id*2+side), taken)
			}
		}
	}
}

// readSegment reads [line, column, count, has count, is region entry, is gap].
func (p *parser) readSegment([]byte) {
	r, i := p.segmentRows, 0
	p.j.Array(func() {
		switch number := p.j.Kind() == '0'; {
		case i < 2:
			r.Int(i)
		case i == 2:
			r.Count(2)
		case i > 2 && i < 6 && number: // old exports write 1 for true
			r.Int(i)
		case i > 2 && i < 6:
			r.Bool(i)
		}
		i++
	})
	if i < 5 {
		p.j.Fail("a segment of %d values where 5 or 6 were expected", i)
	}
}

func (p *parser) takeSegment(row *scan.Row) {
	s := segment{line: int(max(row[0], 0)), column: int(row[1]), count: max(row[2], 0), counted: row[3] != 0, entry: row[4] != 0, gap: row[5] != 0}
	if n := len(p.segments); n > 0 && s.line < p.segments[n-1].line {
		p.j.Fail("segments that do not ascend")
		return
	}
	p.segments = append(p.segments, s)
}

// lines works out the count of every line from the first segment to the last.
func (p *parser) lines(f *coverage.File) {
	var wrapped *segment // the segment that runs into the line
	segs := p.segments
	for len(segs) > 0 {
		line := segs[0].line
		n := 1
		for n < len(segs) && segs[n].line == line {
			n++
		}
		if hits, mapped := lineHits(segs[:n], wrapped); mapped {
			f.Hit(line, hits)
		}
		wrapped = &segs[n-1]
		segs = segs[n:]
		if wrapped.counted && len(segs) > 0 && segs[0].line > line+1 {
			if err := p.spans.Hit(f, coverage.Span{From: line + 1, To: segs[0].line - 1, Hits: wrapped.count}, p.j.Read()); err != nil {
				p.j.Fail("segments: %v", err)
				return
			}
		}
	}
}

// lineHits is the count of a line on which segments begin; mapped is false if
// the line is not code.
func lineHits(on []segment, wrapped *segment) (hits int64, mapped bool) {
	if wrapped != nil {
		skipped := !on[0].counted && on[0].entry
		hits, mapped = wrapped.count, wrapped.counted && !skipped
	}
	for _, s := range on {
		if s.counted && s.entry {
			mapped = true // of a gap too, since LLVM 16
			if !s.gap {
				hits = max(hits, s.count)
			}
		}
	}
	if !mapped {
		return 0, false
	}
	return hits, true
}
