// Package opencover reads the XML of OpenCover, which coverlet and AltCover
// write too.
package opencover

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins an OpenCover report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "CoverageSession"
}

// What a report repeats: points, whose attributes begin alike.
var (
	sequencePoint = scan.Record{Name: "SequencePoint", Attrs: []string{hits: "vc", from: "sl", file: "fileid", to: "el"}}
	branchPoint   = scan.Record{Name: "BranchPoint", Attrs: []string{hits: "vc", from: "sl", file: "fileid", offset: "offset", path: "path"}}
)

const (
	hits = iota
	from
	file

	to = file + 1 // of a sequence point

	offset = file + 1 // of a branch point
	path   = file + 2
)

// Parse reads a report. A sequence point covers the lines from its first to its
// last; points of one line add up. Points without a known file are the
// compiler's own.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), x: scan.NewXML(r, sequencePoint, branchPoint), files: map[string]string{}}
	return p.report, p.x.Each(p.tag)
}

// state keeps what the session says of its points, which are compared with those
// that will have been read.
func (p *parser) state() {
	if s, ok := coverage.Attributes(p.x, coverage.UnitStatements, "visitedSequencePoints", "numSequencePoints"); ok {
		s.Counted = &p.points
		p.report.State(s)
	}
	if s, ok := coverage.Attributes(p.x, coverage.UnitBranches, "visitedBranchPoints", "numBranchPoints"); ok {
		s.Counted, s.Why = &p.branches, "OpenCover itself counts the entry of every method as a branch point too"
		p.report.State(s)
	}
}

type parser struct {
	report *coverage.Report
	x      *scan.XML
	files  map[string]string // uid → path
	file   string            // of the method in hand
	method uint32            // what its name comes to, by which methods differ in every run
	skips  int               // depth of the element that was left out of the measurement, 0 outside of any
	spans  coverage.Spans

	points, branches coverage.Count // read
}

func (p *parser) tag() error {
	x := p.x
	if !x.Start() {
		return nil
	}
	if p.skipped() {
		return nil
	}
	switch x.Record() {
	case 0:
		return p.sequence()
	case 1:
		return p.branch()
	}
	switch string(x.Name()) {
	case "Summary":
		if x.Depth() == 2 {
			p.state()
		}
	case "File":
		if path, ok := x.Attr("fullPath"); ok {
			p.files[string(x.Raw("uid"))] = path
		}
	case "Method":
		p.file, p.method = "", 0
	case "Name":
		p.method = coverage.Hash(p.method, x.Text())
	case "FileRef":
		p.file = p.files[string(x.Raw("uid"))]
	}
	return nil
}

// skipped reports whether an element is of a module, class or method that was
// left out of the measurement, and whose points are none to cover. Files are
// needed all the same: their numbers count through the session.
func (p *parser) skipped() bool {
	x := p.x
	if x.Depth() <= p.skips {
		p.skips = 0
	}
	if p.skips == 0 && x.Record() < 0 && x.Raw("skippedDueTo") != nil {
		p.skips = x.Depth()
	}
	return p.skips > 0 && string(x.Name()) != "File"
}

// at is the file a point is in, nil if it is in none.
func (p *parser) at() *coverage.File {
	name := p.file
	if id := p.x.Value(file); id != nil {
		name = p.files[string(id)]
	}
	if name == "" {
		return nil
	}
	return p.report.File(name)
}

func (p *parser) sequence() error {
	x := p.x
	p.points.Coverable++
	if n, _ := x.Count(hits); n > 0 {
		p.points.Covered++
	}
	file := p.at()
	if file == nil {
		return nil
	}
	first, ok := x.Int(from)
	count, ok2 := x.Count(hits)
	if !ok || !ok2 {
		return x.Errorf("<SequencePoint> where sl and vc as numbers were expected")
	}
	last, _ := x.Int(to)
	last = max(first, last)
	if err := p.spans.Hit(file, coverage.Span{From: first, To: last, Hits: count}, x.Read()); err != nil {
		return x.Errorf("<SequencePoint>: %w", err)
	}
	return nil
}

// branch books a branch. It is told apart by where it is in its method: numbers
// that count on (uspid, ordinal) differ from run to run.
func (p *parser) branch() error {
	x := p.x
	line, ok := x.Int(from)
	count, ok2 := x.Count(hits)
	p.branches.Coverable++
	p.branches.Covered += int(min(count, 1))
	file := p.at()
	if file == nil || !x.Has(from) {
		return nil // a branch that is on no line
	}
	if !ok || !ok2 {
		return x.Errorf("<BranchPoint> where sl and vc as numbers were expected")
	}
	id := p.method * 2654435761
	for _, part := range [...]int{offset, path} {
		id = coverage.Hash(coverage.Hash(id, x.Value(part)), []byte{0})
	}
	file.Branch(line, id, count)
	return nil
}
