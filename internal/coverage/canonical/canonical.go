// Package canonical reads the form that coverage.WriteJSON writes
// (docs/canonical-json.md), so that it can be merged again.
package canonical

import (
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins the canonical form.
func Sniff(head []byte) bool {
	keys, ok := scan.Keys(head)
	return ok && len(keys) > 1 && keys[0] == "version" && slices.Contains(keys, "files") && !slices.Contains(keys, "meta")
}

// Parse reads a report in the canonical form. Totals are counted anew.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.lines = scan.NewRows(p.j, p.readLine, p.takeLine)
	p.branches = scan.NewRows(p.j, p.readBranches, p.takeBranches)
	p.j.Object(func(key []byte) {
		switch string(key) {
		case "version":
			if n, _ := p.j.Int(); n != coverage.JSONVersion {
				p.j.Fail("version %d where %d was expected", n, coverage.JSONVersion)
			}
		case "files":
			p.j.Array(p.readFile)
		}
	})
	return p.report, p.j.End()
}

type parser struct {
	report *coverage.Report
	j      *scan.JSON
	file   *coverage.File // in hand

	lines    *scan.Rows // number, hits
	branches *scan.Rows // line, covered, total
}

func (p *parser) readFile() {
	p.file = nil
	p.j.Object(func(key []byte) {
		if string(key) == "path" {
			p.file = p.report.File(p.j.String())
			return
		}
		if p.file == nil {
			p.j.Fail("a file's path was expected before %q", key)
			return
		}
		switch string(key) {
		case "lines":
			p.lines.Object()
		case "branches":
			p.branches.Object()
		}
	})
}

const lineNumber = "a line number"

func (p *parser) readLine(key []byte) {
	p.lines.Key(0, key, lineNumber)
	p.lines.Count(1)
}

func (p *parser) takeLine(row *scan.Row) { p.file.Hit(int(row[0]), row[1]) }

func (p *parser) readBranches(key []byte) {
	r := p.branches
	r.Key(0, key, lineNumber)
	p.j.Object(func(key []byte) {
		switch string(key) {
		case "covered":
			r.Int(1)
		case "total":
			r.Int(2)
		}
	})
}

func (p *parser) takeBranches(row *scan.Row) {
	p.file.SetBranches(int(row[0]), coverage.Branches{Covered: int(max(row[1], 0)), Total: int(row[2])})
}
