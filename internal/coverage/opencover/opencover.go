// Package opencover reads the XML of OpenCover, which coverlet and AltCover
// write too.
package opencover

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins an OpenCover report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "CoverageSession"
}

// Parse reads a report. A sequence point covers the lines from its first to its
// last; points of one line add up. Points without a known file are the
// compiler's own.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), x: scan.NewXML(r), files: map[string]string{}}
	for p.x.Next() {
		if !p.x.Start() {
			continue
		}
		if err := p.tag(); err != nil {
			return nil, err
		}
	}
	return p.report, p.x.Err()
}

type parser struct {
	report *coverage.Report
	x      *scan.XML
	files  map[string]string // uid → path
	file   string            // of the method in hand
	method uint32            // tells methods apart
	spans  coverage.Spans
}

func (p *parser) tag() error {
	x := p.x
	switch string(x.Name()) {
	case "SequencePoint":
		return p.sequence()
	case "BranchPoint":
		p.branch()
	case "File":
		if path, ok := x.Attr("fullPath"); ok {
			p.files[string(x.Raw("uid"))] = path
		}
	case "Method":
		p.file = ""
		p.method++
	case "FileRef":
		p.file = p.files[string(x.Raw("uid"))]
	}
	return nil
}

// at is the file a point is in, nil if it is in none.
func (p *parser) at() *coverage.File {
	path := p.file
	if id := p.x.Raw("fileid"); id != nil {
		path = p.files[string(id)]
	}
	if path == "" {
		return nil
	}
	return p.report.File(path)
}

func (p *parser) sequence() error {
	x := p.x
	file := p.at()
	if file == nil {
		return nil
	}
	from, ok := scan.Int(x.Raw("sl"))
	hits, ok2 := scan.Count(x.Raw("vc"))
	if !ok || !ok2 {
		return x.Errorf("<SequencePoint> where sl and vc as numbers were expected")
	}
	to, ok := scan.Int(x.Raw("el"))
	if !ok || to < from {
		to = from
	}
	if from == 0xFEEFEE || to == 0xFEEFEE {
		return nil // the number that compilers give to code without a line
	}
	if err := p.spans.Hit(file, from, to, hits, x.Read()); err != nil {
		return x.Errorf("<SequencePoint>: %w", err)
	}
	return nil
}

func (p *parser) branch() {
	x := p.x
	line, ok := scan.Int(x.Raw("sl"))
	hits, ok2 := scan.Count(x.Raw("vc"))
	file := p.at()
	if !ok || !ok2 || file == nil || line == 0xFEEFEE {
		return // a branch that is on no line
	}
	id := p.method * 2654435761
	for _, name := range [...]string{"offset", "path", "ordinal"} {
		for _, c := range x.Raw(name) {
			id = (id ^ uint32(c)) * 16777619
		}
		id *= 16777619
	}
	file.Branch(line, id, hits)
}
