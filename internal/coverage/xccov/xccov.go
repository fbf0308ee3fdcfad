// Package xccov reads the JSON of Xcode's xccov: the archive's, which has
// lines, and the report's, which has functions.
package xccov

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins JSON of xccov.
func Sniff(head []byte) bool {
	return scan.Has(head, "targets/[]/executableLines", "targets/[]/files/[]/executableLines", "targets/[]/files/[]/functions", "*/[]/isExecutable", "lineCoverage")
}

// Parse reads JSON of xccov. A report (xccov view --report --json) says of a
// function where it begins, how many lines it has and how many of them ran:
// the lines are taken one after the other, those that ran first. Totals are
// right that way; which lines ran, only the archive (xccov view --archive
// --json) says.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.lines = scan.NewRows(p.j, p.readLine, p.takeLine)
	stated := coverage.Total("coveredLines, executableLines", coverage.UnitLines)
	p.j.Object(func(key []byte) {
		switch {
		case string(key) == "targets":
			p.j.Array(func() {
				p.j.Member("files", func() { p.j.Array(p.file) })
			})
		case string(key) == "coveredLines":
			stated.Covered, _ = p.j.Int()
		case string(key) == "executableLines":
			stated.Coverable, _ = p.j.Int()
		case p.j.Kind() == '[' && string(key) != "errors":
			p.archived = p.report.FileBytes(key)
			p.lines.Array()
		}
	})
	p.report.State(stated)
	return p.report, p.j.End()
}

type parser struct {
	report *coverage.Report
	j      *scan.JSON
	spans  coverage.Spans

	lines    *scan.Rows     // of the archive: number, executable, hits
	archived *coverage.File // whose lines are read
}

// function is what a report says of a function.
type function struct {
	line, lines, covered int
	runs                 int64
}

func (p *parser) file() {
	path := ""
	var functions []function
	p.j.Object(func(key []byte) {
		switch string(key) {
		case "path":
			path = p.j.String()
		case "functions":
			p.j.Array(func() { functions = append(functions, p.function()) })
		}
	})
	if path == "" {
		p.j.Fail("a file without a path")
		return
	}
	f := p.report.File(path)
	for _, fn := range functions {
		if fn.line < 1 || fn.lines < 1 {
			continue
		}
		missed := fn.line + min(fn.covered, fn.lines) // the first line that did not run
		p.book(f, coverage.Span{From: fn.line, To: missed - 1, Hits: max(fn.runs, 1)})
		p.book(f, coverage.Span{From: missed, To: fn.line + fn.lines - 1})
	}
}

// book books lines of a function, if there are any.
func (p *parser) book(f *coverage.File, lines coverage.Span) {
	if lines.From > lines.To {
		return
	}
	if err := p.spans.Hit(f, lines, p.j.Read()); err != nil {
		p.j.Fail("functions: %v", err)
	}
}

func (p *parser) function() (fn function) {
	j := p.j
	j.Object(func(key []byte) {
		switch string(key) {
		case "lineNumber":
			fn.line, _ = j.Int()
		case "executableLines":
			fn.lines, _ = j.Int()
		case "coveredLines":
			fn.covered, _ = j.Int()
		case "executionCount":
			fn.runs, _ = j.Count()
		}
	})
	return fn
}

// readLine reads {"line":1,"isExecutable":true,"executionCount":2}.
func (p *parser) readLine([]byte) {
	j, r := p.j, p.lines
	j.Object(func(key []byte) {
		switch string(key) {
		case "line":
			r.Int(0)
		case "isExecutable":
			r.Bool(1)
		case "executionCount":
			r.Count(2)
		}
	})
}

func (p *parser) takeLine(row *scan.Row) {
	if row[1] != 0 {
		p.archived.Hit(int(row[0]), row[2])
	}
}
