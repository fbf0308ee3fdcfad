// Package visualstudio reads the two kinds of XML that Visual Studio and
// dotnet-coverage make of a .coverage file: the newer <results>, and the older
// <CoverageDSPriv> of .coveragexml files.
package visualstudio

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a report with <results>.
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
	err := p.x.Each(p.tag)
	p.state("lines_covered, lines_partially_covered, lines_not_covered of the modules")
	return p.report, err
}

// state compares the sums over modules.
func (p *parser) state(as string) {
	if p.total {
		p.report.State(coverage.Stated{As: as, Unit: coverage.UnitLines, Count: p.stated, Why: "there a line counts in every function and module that has it, here once"})
	}
}

// parser collects lines by the id of their source, since a module names its
// files after its functions.
type parser struct {
	report  *coverage.Report
	stated  coverage.Count // sums over modules
	total   bool           // whether modules say so
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
	if string(x.Name()) == "module" {
		ran, ok := scan.Int(x.Raw("lines_covered"))
		partly, ok2 := scan.Int(x.Raw("lines_partially_covered"))
		not, ok3 := scan.Int(x.Raw("lines_not_covered"))
		if ok && ok2 && ok3 {
			p.stated.Covered += ran + partly
			p.stated.Coverable += ran + partly + not
			p.total = true
		}
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
	var hits int64
	switch string(x.Value(covered)) {
	case "yes", "partial":
		hits = 1
	case "no":
	default:
		return x.Errorf("<range> with covered=%q where yes, no or partial was expected", x.Value(covered))
	}
	if err := p.spans.Hit(p.source(string(x.Value(source))), coverage.Span{From: first, To: last, Hits: hits}, x.Read()); err != nil {
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
