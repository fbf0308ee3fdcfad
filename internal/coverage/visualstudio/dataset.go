package visualstudio

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

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
		path := string(x.Text())
		if path != "" {
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
	if err := d.spans.Hit(d.source(d.id), coverage.Span{From: d.from, To: d.to, Hits: hits}, d.x.Read()); err != nil {
		return d.x.Errorf("<Lines>: %w", err)
	}
	return nil
}
