// Package canonical reads the form that coverage.WriteJSON writes
// (docs/canonical-json.md), so that it can be merged again.
package canonical

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins the canonical form.
func Sniff(head []byte) bool {
	return scan.Has(head, "files/[]/path", "files/[]/lines/#") && !scan.Has(head, "files/[]/path/[]") ||
		scan.Has(head, "version") && scan.Has(head, "files") && scan.Has(head, "totals") && !scan.Has(head, "meta")
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
		case "totals":
			p.state()
		case "reports":
			p.j.Array(p.readPart)
		}
	})
	return p.report, p.j.End()
}

// state keeps {"files":1,"lines":{"covered":1,"coverable":2},"branches":{"covered":1,"total":2}}.
func (p *parser) state() {
	p.j.Object(func(key []byte) {
		if string(key) == "files" {
			return
		}
		s := coverage.Total("totals."+string(key), coverage.Unit(key))
		p.j.Ints(scan.Field{Key: "covered", Into: &s.Covered}, scan.Field{Key: "coverable", Into: &s.Coverable}, scan.Field{Key: "total", Into: &s.Coverable})
		p.report.State(s)
	})
}

func (p *parser) readPart() {
	var part coverage.Part
	p.j.Object(func(key []byte) {
		switch string(key) {
		case "path":
			part.Path = p.j.String()
		case "format":
			part.Format = p.j.String()
		case "files":
			part.Files, _ = p.j.Int()
		case "below":
			part.Below = p.j.String()
		}
	})
	p.report.Parts = append(p.report.Parts, part)
}

type parser struct {
	report *coverage.Report
	j      *scan.JSON
	file   *coverage.File // in hand

	lines    *scan.Rows // number, hits
	branches *scan.Rows // line, covered, total
}

func (p *parser) readFile() {
	p.report.Entry(p.j, "path", "lines", func(f *coverage.File, key []byte) {
		p.file = f
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
