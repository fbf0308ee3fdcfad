// Package visualstudio reads the two kinds of XML that Visual Studio and
// dotnet-coverage make of a .coverage file: the newer <results>, and the older
// <CoverageDSPriv> of .coveragexml files.
package visualstudio

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a report with <results>.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	if !ok || string(x.Name()) != "results" {
		return false
	}
	return !x.Next() || string(x.Name()) == "modules" || string(x.Name()) == "results"
}

// lineRange is what a report repeats.
var lineRange = scan.Record{Name: "range", Attrs: []string{source: "source_id", covered: "covered", from: "start_line", to: "end_line"}}

const (
	source = iota
	covered
	from
	to
)

// Parse reads a report with <results>. It knows whether a range ran, not how
// often: a line that did, if only in part, counts one hit.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.NewLargest(), x: scan.NewXML(r, lineRange), sources: coverage.NewLargest()}
	for p.x.Next() {
		if err := p.tag(); err != nil {
			return nil, err
		}
	}
	return p.report, p.x.Err()
}

// parser collects lines by the id of their source, since a module names its
// files after its functions.
type parser struct {
	report  *coverage.Report
	x       *scan.XML
	sources *coverage.Report
	spans   coverage.Spans
}

func (p *parser) tag() error {
	x := p.x
	if x.Record() >= 0 {
		return p.lines()
	}
	if !x.Start() {
		if string(x.Name()) == "module" {
			p.sources = coverage.NewLargest()
		}
		return nil
	}
	if string(x.Name()) == "source_file" {
		path, ok := x.Attr("path")
		if !ok {
			return x.Errorf("<source_file> without a path")
		}
		p.move(path, string(x.Raw("id")))
	}
	return nil
}

// lines books a range of lines.
func (p *parser) lines() error {
	x := p.x
	first, ok := x.Int(from)
	last, ok2 := x.Int(to)
	if !ok || !ok2 {
		return x.Errorf("<range> where start_line and end_line as numbers were expected")
	}
	if first == 0xFEEFEE {
		return nil // the number that compilers give to code without a line
	}
	var hits int64
	if covered := string(x.Value(covered)); covered == "yes" || covered == "partial" {
		hits = 1
	}
	if err := p.spans.Hit(p.source(string(x.Value(source))), first, last, hits, x.Read()); err != nil {
		return x.Errorf("<range>: %w", err)
	}
	return nil
}

func (p *parser) source(id string) *coverage.File { return p.sources.File(id) }

// move books the lines that were collected for an id, if there are any.
func (p *parser) move(path, id string) {
	from := p.sources.Lookup(id)
	if from == nil {
		return
	}
	to := p.report.File(path)
	for n, hits := range from.Lines() {
		to.Hit(n, hits)
	}
}
