// Package istanbul reads Istanbul's coverage-final.json, which nyc, Jest and
// Vitest write.
package istanbul

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a coverage-final.json: files with maps of
// their statements, branches and functions.
func Sniff(head []byte) bool {
	return scan.Has(head, "*/statementMap", "*/branchMap", "*/fnMap", "*/_coverageSchema", "*/inputSourceMap", "*/s/#", "*/b/#", "*/f/#", "*/data/statementMap")
}

// SniffSummary reports whether head begins a coverage-summary.json, which has
// totals and no lines.
func SniffSummary(head []byte) bool {
	return scan.Has(head, "*/lines/pct")
}

// Parse reads a report. As Istanbul itself counts, a line's hits are those of
// the statement that begins on it and ran most. Branches belong to the line of
// their condition.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := newParser(r)
	p.j.Object(func(key []byte) { p.file(string(key)) })
	if p.report.Len() > 0 && !p.mapped {
		p.j.Fail("no file of it has a statementMap")
	}
	return p.report, p.j.End()
}

type parser struct {
	report *coverage.Report
	j      *scan.JSON

	statementMap, branchMap, s, b *scan.Rows
	functions                     *scan.Rows // which lines do not need

	mapped bool // a file has what a report is known by
	v8     bool // the file in hand has branches as V8 counts them

	// Of the file in hand: the line of each statement and branch, and counts
	// of those whose maps come after them.
	statements, branches ids
	places               ids // of branches: what those of a line differ by
	alike                alike
	hits                 []counted
	taken                []counted
}

type counted struct {
	id    int
	index int
	hits  int64
}

// ids is what is known of each numbered thing. Ids count up from 0 or 1 where nobody
// has tampered with them.
type ids struct {
	dense  []int32
	sparse map[int]int
}

func (d *ids) set(id, value int) {
	if id <= len(d.dense) {
		if id == len(d.dense) {
			d.dense = append(d.dense, 0)
		}
		d.dense[id] = int32(value)
		return
	}
	if id == 1 && len(d.dense) == 0 {
		d.dense = append(d.dense, 0, int32(value))
		return
	}
	if d.sparse == nil {
		d.sparse = map[int]int{}
	}
	d.sparse[id] = value
}

func (d *ids) of(id int) int {
	if id < len(d.dense) {
		return int(d.dense[id])
	}
	return d.sparse[id]
}

// any reports whether anything is known.
func (d *ids) any() bool { return len(d.dense)+len(d.sparse) > 0 }

func (d *ids) reset() {
	d.dense = d.dense[:0]
	clear(d.sparse)
}

// file reads one file. Its path is the key, or what "path" says.
func (p *parser) file(path string) {
	p.statements.reset()
	p.branches.reset()
	p.places.reset()
	p.alike.line = 0
	p.v8 = false
	p.hits, p.taken = p.hits[:0], p.taken[:0]
	p.object(&path)
	f := p.report.File(path)
	if len(p.hits) == 0 && p.statements.any() {
		p.j.Fail("%s has statements, and no counts of them", path)
		return
	}
	placed, ran := 0, false
	for _, c := range p.hits {
		line := p.statements.of(c.id)
		if line == 0 {
			p.j.Fail("statement %d is counted and in no statementMap", c.id)
			return
		}
		if line != nowhere {
			f.Hit(line, c.hits)
			ran = ran || c.hits > 0
			placed++
		}
	}
	if placed == 0 && len(p.hits) > 0 {
		p.j.Fail("no statement of %s has a line", path)
		return
	}
	for _, c := range p.taken {
		if line := p.branches.of(c.id); line > 0 {
			f.Branch(line, uint32(p.places.of(c.id))+uint32(c.index)*coverage.Step, c.hits)
			ran = ran || c.hits > 0
		}
	}
	// V8 knows the branches of what it loaded, and c8 and Vitest list other files with
	// one for the whole.
	if p.v8 && !ran && len(p.taken) == 1 {
		f.Guess()
	}
}

func (p *parser) object(path *string) {
	j := p.j
	j.Object(func(key []byte) {
		switch string(key) {
		case "path":
			if own := j.String(); own != "" {
				*path = own
			}
		case "data": // written by some older tools around the file
			p.object(path)
		case "statementMap":
			p.mapped = true
			p.statementMap.Object()
		case "fnMap", "f": // stepped over, faster than Skip does it
			if j.Kind() == '{' {
				p.functions.Object()
			}
		case "branchMap":
			p.branchMap.Object()
		case "s":
			p.mapped = true
			p.s.Object()
		case "b":
			p.b.Object()
		case "inputSourceMap": // tools that apply it drop it
			if j.Kind() == '{' {
				j.Fail("%s has the lines of compiled code: no tool has applied its inputSourceMap yet; nyc report --reporter=json does, of what lies in .nyc_output", *path)
			}
		}
	})
}
