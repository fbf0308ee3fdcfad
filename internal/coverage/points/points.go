// Package points reads the XML of the tools that list points, each with its
// lines and whether it ran: Testwell CTC++, dotCover, Mono's profiler, NCover 1,
// PartCover and scoverage. They differ in names, which a Dialect holds.
package points

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Dialect is how one tool writes its points.
type Dialect struct {
	root    func(x *scan.XML) bool                // reports whether the element in hand begins a report of the tool
	refused func(x *scan.XML) string              // why such a report has no lines; "" if it has, nil if all have; asked where something is stated
	stated  func(x *scan.XML) coverage.Stated     // what the root says of the whole report; nil if nothing
	ran     func(p *parser) (hits int64, ok bool) // hits of the point in hand, below zero if it is not coverable
	// once keeps the largest count of a line: those of its points are parts of
	// one count, or say no more than whether they ran.
	once  bool
	point scan.Record // its attributes in the order of the constants below
	files names
}

// names say where the paths of points are written.
type names struct {
	in       []string // elements that name a file; none if each point names its own
	path, id string   // their attributes; without an id a file is that of the points inside
	compiler bool     // points without a file are the compiler's own, and no error
}

// The attributes of a point.
const (
	file   = iota // its path, or its file's id
	from          // first line
	to            // last line; the first if it has none
	count         // hits, or a word
	skip          // "true" for what is no point
	branch        // "true" for one branch of its line
	start         // what a line's branches differ by
)

// Sniff reports whether head begins a report of the tool.
func (d *Dialect) Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && d.root(x)
}

// Parse reads a report.
func (d *Dialect) Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{Dialect: d, report: coverage.New(), x: scan.NewXML(r, d.point), paths: map[string]string{}}
	if d.once {
		p.report = coverage.NewLargest()
	}
	return p.report, p.x.Each(p.tag)
}

type parser struct {
	*Dialect
	report  *coverage.Report
	x       *scan.XML
	paths   map[string]string // by id
	path    string            // of the points inside the element in hand
	raw     []byte            // what the last point's file was written as
	last    *coverage.File    // which that is
	spans   coverage.Spans
	counted coverage.Count // points
}

// tag reads a point, an element that names a file, or what is stated of the whole.
func (p *parser) tag() error {
	x := p.x
	if x.Record() >= 0 {
		return p.read()
	}
	if !x.Start() {
		return nil
	}
	for _, name := range p.files.in {
		if string(x.Name()) != name {
			continue
		}
		path, _ := x.Attr(p.files.path)
		switch {
		case path == "" && !p.files.compiler:
			return x.Errorf("<%s> without %s", name, p.files.path)
		case p.files.id == "":
			p.path, p.last = path, nil
		case path != "":
			p.paths[string(x.Raw(p.files.id))] = path
			p.last = nil
		}
		return nil
	}
	if p.stated != nil && x.Depth() <= 2 && p.root(x) {
		if p.refused != nil {
			if why := p.refused(x); why != "" {
				return x.Errorf("%s", why)
			}
		}
		s := p.stated(x)
		s.Counted = &p.counted
		p.report.State(s)
	}
	return nil
}

// read books the point in hand.
func (p *parser) read() error {
	x := p.x
	var flags [2]bool
	for i, flag := range [...]int{skip, branch} {
		v := x.Value(flag)
		yes, ok := scan.Bool(v)
		if !ok && len(v) > 0 {
			return x.Errorf("<%s> with %s=%q where true or false was expected", p.point.Name, p.point.Attrs[flag], v)
		}
		flags[i] = yes
	}
	if flags[0] {
		return nil
	}
	f, err := p.in()
	if f == nil || err != nil {
		return err
	}
	hits, ok := p.ran(p)
	first, ok2 := x.Int(from)
	last, ok3 := x.Int(to)
	if !ok || !ok2 || !ok3 && x.Has(to) {
		return x.Errorf("<%s> where %s as a line and %s as it is known were expected", p.point.Name, p.point.Attrs[from], p.point.Attrs[count])
	}
	if hits < 0 {
		return nil
	}
	p.counted.Coverable++
	p.counted.Covered += int(min(hits, 1))
	if err := p.spans.Hit(f, coverage.Span{From: first, To: max(first, last), Hits: hits}, x.Read()); err != nil {
		return x.Errorf("<%s>: %w", p.point.Name, err)
	}
	if id, ok := x.Int(start); ok && flags[1] {
		f.Branch(first, uint32(id), hits)
	}
	return nil
}

// in returns the file of the point in hand, nil if that is none of the source.
func (p *parser) in() (*coverage.File, error) {
	raw := p.x.Value(file)
	if p.last != nil && bytes.Equal(raw, p.raw) {
		return p.last, nil
	}
	path := p.path
	switch {
	case p.files.id != "":
		path = p.paths[string(raw)]
	case len(p.files.in) == 0:
		path, _ = p.x.Attr(p.point.Attrs[file])
	}
	if path == "" {
		if p.files.compiler {
			return nil, nil
		}
		return nil, p.x.Errorf("<%s> without a known file", p.point.Name)
	}
	p.raw = append(p.raw[:0], raw...)
	p.last = p.report.File(path)
	return p.last, nil
}
