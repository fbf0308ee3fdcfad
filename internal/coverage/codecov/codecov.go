// Package codecov reads Codecov's own JSON, which cargo-llvm-cov and others
// write.
package codecov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins Codecov's JSON: files, whose lines are keys
// or elements.
func Sniff(head []byte) bool {
	return scan.Has(head, "coverage/*/#", "coverage/*/[]")
}

// Parse reads {"coverage":{file:{"1":2,"2":"1/2","3":null}}}: hits of a line,
// or how many of its branches (or regions) ran of how many. A line of which
// some ran is covered, with as many hits as ran. Cloverage writes the lines as
// [null,2,true,0]: the first element is no line, true is a line that ran in part.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.lines = scan.NewRows(p.j, p.readLine, p.takeLine)
	p.j.Member("coverage", func() {
		p.j.Object(func(key []byte) {
			p.file = p.report.FileBytes(key)
			if p.list = p.j.Kind() == '['; p.list {
				p.next = 0
				p.lines.Array()
			} else {
				p.lines.Object()
			}
		})
	})
	return p.report, p.j.End()
}

type parser struct {
	report *coverage.Report
	j      *scan.JSON
	lines  *scan.Rows     // number, hits, branches
	file   *coverage.File // in hand
	list   bool           // whether its lines are elements,
	next   int            // of which this is the next one's number
}

func (p *parser) readLine(key []byte) {
	j, r := p.j, p.lines
	if !p.list {
		r.Key(0, key, "a line number")
	}
	switch j.Kind() {
	case '"':
	case 't':
		r.Bool(1)
		return
	default:
		r.Count(1)
		return
	}
	text, _ := r.Bytes()
	part, whole, _ := bytes.Cut(text, []byte{'/'})
	ran, ok := scan.Count(part)
	of, ok2 := scan.Int(whole)
	if !ok || !ok2 {
		j.Fail("%q where covered/total was expected", text)
		return
	}
	r.Set(1, ran)
	r.Set(2, int64(of))
}

func (p *parser) takeLine(row *scan.Row) {
	n, ran, of := int(row[0]), row[1], int(row[2])
	if p.list {
		n, p.next = p.next, p.next+1
		if n == 0 && ran >= 0 {
			p.j.Fail("a list of lines that does not begin with null")
			return
		}
	}
	if ran >= 0 {
		p.file.Hit(n, ran)
	}
	if of > 1 {
		p.file.SetBranches(n, coverage.Branches{Covered: int(ran), Total: of})
	}
}
