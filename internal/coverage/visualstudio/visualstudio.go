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
	switch name := string(x.Name()); {
	case name == "module" && !x.Start():
		p.sources = coverage.NewLargest()
	case name == "module":
		ran, ok := scan.Int(x.Raw("lines_covered"))
		partly, ok2 := scan.Int(x.Raw("lines_partially_covered"))
		not, ok3 := scan.Int(x.Raw("lines_not_covered"))
		if ok && ok2 && ok3 {
			p.stated.Covered += ran + partly
			p.stated.Coverable += ran + partly + not
			p.total = true
		}
	case name == "source_file" && x.Start():
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
	return p.book("<range>", string(x.Value(source)), coverage.Span{From: first, To: last, Hits: hits})
}

// book books lines of the source file with an id, as an element says.
func (p *parser) book(element, id string, lines coverage.Span) error {
	if err := p.spans.Hit(p.sources.File(id), lines, p.x.Read()); err != nil {
		return p.x.Errorf("%s: %w", element, err)
	}
	return nil
}

// move books the lines that were collected for an id, if there are any.
func (p *parser) move(path, id string) {
	if from := p.sources.Lookup(id); from != nil {
		to := p.report.File(path)
		for n, hits := range from.Lines() {
			to.Hit(n, hits)
		}
	}
}

// SniffDataSet reports whether head begins a .coveragexml file.
func SniffDataSet(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "CoverageDSPriv"
}

// ParseDataSet reads a .coveragexml file, in which every value is an element
// of its own. Ranges of lines are numbered 0 covered, 1 partly, 2 not covered.
func ParseDataSet(r io.Reader) (*coverage.Report, error) {
	d := dataSet{parser: parser{report: coverage.NewLargest(), x: scan.NewXML(r), sources: coverage.NewLargest()}}
	err := d.x.Each(d.tag)
	d.state("LinesCovered, LinesPartiallyCovered, LinesNotCovered of the modules")
	return d.report, err
}

type dataSet struct {
	parser
	inLines           bool
	module            int // how deep modules are
	from, to, covered int
	id                string
	ok                bool // what was read of the row so far
	fileID            string
}

func (d *dataSet) tag() error {
	x := d.x
	if !x.Start() {
		if string(x.Name()) == "Lines" && d.inLines {
			return d.row()
		}
		return nil
	}
	name := string(x.Name())
	switch name {
	case "Lines":
		d.inLines, d.ok, d.from, d.to, d.covered, d.id = true, true, -1, -1, -1, ""
	case "LnStart":
		d.number(&d.from)
	case "LnEnd":
		d.number(&d.to)
	case "Coverage":
		d.number(&d.covered)
	case "SourceFileID":
		if text := string(x.Text()); d.inLines {
			d.id = text
		} else {
			d.fileID = text
		}
	case "LinesCovered", "LinesPartiallyCovered", "LinesNotCovered":
		if n, ok := scan.Int(x.Text()); ok && x.Depth() == d.module+1 {
			d.total = true
			if d.stated.Coverable += n; string(name) != "LinesNotCovered" {
				d.stated.Covered += n
			}
		}
	case "Module":
		d.module = x.Depth()
	case "SourceFileName":
		if path := string(x.Text()); path != "" {
			d.move(path, d.fileID)
		}
	}
	return nil
}

func (d *dataSet) number(into *int) {
	if d.inLines {
		n, ok := scan.Int(d.x.Text())
		*into = n
		d.ok = d.ok && ok
	}
}

func (d *dataSet) row() error {
	d.inLines = false
	if !d.ok || d.from < 0 || d.to < 0 || d.covered < 0 || d.covered > 2 || d.id == "" {
		return d.x.Errorf("<Lines> where LnStart, LnEnd, Coverage from 0 to 2 and SourceFileID were expected")
	}
	var hits int64
	if d.covered < 2 {
		hits = 1
	}
	return d.book("<Lines>", d.id, coverage.Span{From: d.from, To: d.to, Hits: hits})
}
