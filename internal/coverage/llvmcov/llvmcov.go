// Package llvmcov reads the JSON that `llvm-cov export` writes.
package llvmcov

import (
	"bytes"
	"cmp"
	"io"
	"sort"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins an export.
func Sniff(head []byte) bool {
	return scan.Has(head, "data/[]/files/[]/filename", "data/[]/files/[]/segments", "data/[]/functions/[]/filenames", "data/[]/functions/[]/regions") ||
		scan.Has(head, "data") && bytes.Contains(head, []byte("llvm.coverage"))
}

// Parse reads an export. Hits of a line are worked out from the segments that
// begin on it and the one that runs into it, as llvm-cov does for its own
// reports. An export of summaries alone has no lines and is refused.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.segmentRows = scan.NewRows(p.j, p.readSegment, p.takeSegment)
	p.branchRows = scan.NewRows(p.j, p.readBranch, p.takeBranch)
	p.j.Object(func(key []byte) {
		if string(key) != "data" {
			return
		}
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

	expanding bool // within an expansion

	segmentRows, branchRows *scan.Rows
}

// segment is where a count begins to hold: it holds until the next.
type segment struct {
	line    int
	count   int64
	counted bool // the segment has a count
	entry   bool // a region begins here
	gap     bool // the region only fills space between others
}

// branch is a condition: where it stands and how often it was true and false.
type branch struct {
	line, id int
	taken    [2]int64
}

func (p *parser) file() {
	j := p.j
	name := ""
	p.segments, p.branches = p.segments[:0], p.branches[:0]
	seen, stated := false, -1
	j.Object(func(key []byte) {
		switch string(key) {
		case "filename":
			name = j.String()
		case "segments":
			seen = true
			p.segmentRows.Array()
		case "branches":
			p.branchRows.Array()
		case "expansions":
			j.Array(p.expansion)
		case "summary":
			for _, s := range p.counts("summary") {
				if s.Unit == coverage.UnitBranches {
					stated = s.Coverable
				}
			}
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

// expansion reads the branches of a macro, which belong to the line that uses it:
// {"source_region":[27,28,…],"branches":[…],…}.
func (p *parser) expansion() {
	j := p.j
	var at [2]int // line and column
	first := len(p.branches)
	j.Object(func(key []byte) {
		switch string(key) {
		case "source_region":
			j.Counts("", func(i int, n int64) {
				if i < len(at) {
					at[i] = int(n)
				}
			})
		case "branches":
			p.expanding = true
			p.branchRows.Array()
			p.expanding = false
		}
	})
	for i := range p.branches[first:] {
		b := &p.branches[first+i]
		b.id = (b.id + b.line*31 + at[1]*1299709) & 0x7fffffff
		b.line = at[0]
	}
}

// foldedSide is in place of the count of a side that is none.
const foldedSide = -1

// unfolded returns the branches once each, of which it marks the sides of constant
// conditions. LLVM counts none of those (it "folds" them), but exports them: with two
// zeros, like a condition that was never reached, and since version 20 with one. What
// shows them is that the file's own number of branches, below zero if it states none, is
// smaller. Those with two zeros on lines that ran come first, since a condition there
// was reached, then those on other lines.
func (p *parser) unfolded(f *coverage.File, stated int) []branch {
	sort.SliceStable(p.branches, func(i, j int) bool {
		a, b := p.branches[i], p.branches[j]
		return cmp.Or(a.line-b.line, a.id-b.id) < 0
	})
	once := p.branches[:0]
	for _, b := range p.branches {
		if n := len(once); n > 0 && once[n-1].line == b.line && once[n-1].id == b.id {
			once[n-1].taken[0] += b.taken[0]
			once[n-1].taken[1] += b.taken[1]
			continue
		}
		once = append(once, b)
	}
	folded := 2*len(once) - stated
	for pass := 0; stated >= 0 && folded > 0 && pass < 3; pass++ {
		for i := range once {
			b := &once[i]
			if hits, _ := f.Line(b.line); pass < 2 && (b.taken != [2]int64{} || hits > 0 != (pass == 0)) {
				continue
			}
			for side, taken := range b.taken {
				if taken == 0 && folded > 0 {
					b.taken[side] = foldedSide
					folded--
				}
			}
		}
	}
	return once
}

// readSegment reads [line, column, count, has count, is region entry, is gap].
func (p *parser) readSegment([]byte) {
	r, i := p.segmentRows, 0
	p.j.Array(func() {
		switch number := p.j.Kind() == '0'; {
		case i == 0:
			r.Int(0)
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
	s := segment{line: int(max(row[0], 0)), count: max(row[2], 0), counted: row[3] != 0, entry: row[4] != 0, gap: row[5] != 0}
	if n := len(p.segments); n > 0 && s.line < p.segments[n-1].line {
		p.j.Fail("segments that do not ascend")
		return
	}
	p.segments = append(p.segments, s)
}

// readBranch reads [line, column, end line, end column, true count, false count,
// file, …]. Since version 20 a file has those of its macros too, with the number of
// another file, where they are defined: they are counted where they are used.
func (p *parser) readBranch([]byte) {
	i := 0
	p.j.Array(func() {
		if i < 7 {
			p.branchRows.Count(i)
		}
		i++
	})
}

func (p *parser) takeBranch(row *scan.Row) {
	for i := range row {
		row[i] = max(row[i], 0)
	}
	if row[6] > 0 && !p.expanding {
		return
	}
	id := row[1]*7919 + row[2]*104729 + row[3]
	if row[0] == row[2] && row[1] == row[3] { // of a system's macro, all of whose branches are in one place
		id += int64(len(p.branches)) * 15485863
	}
	p.branches = append(p.branches, branch{int(row[0]), int(id & 0x7fffffff), [2]int64{row[4], row[5]}})
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
