// Package cobertura reads Cobertura XML in the dialects of the tools that
// borrowed it: coverage.py, coverlet, gcovr, Istanbul, slather, PHPUnit and others.
package cobertura

import (
	"bytes"
	"cmp"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a Cobertura report: <coverage> with a rate
// of lines. Clover's root has the same name and says when it was generated.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	if !ok || string(x.Name()) != "coverage" {
		return false
	}
	if x.Raw("line-rate") != nil || x.Raw("lines-valid") != nil || x.Raw("branch-rate") != nil {
		return true
	}
	return x.Raw("generated") == nil && x.Raw("clover") == nil && bytes.Contains(head, []byte("<packages"))
}

// line is what a report repeats.
var line = scan.Record{Name: "line", Attrs: []string{number: "number", hits: "hits", branch: "branch", condition: "condition-coverage", missing: "missing-branches"}}

const (
	number = iota
	hits
	branch // true, True
	condition
	missing // coverage.py's: lines that were not jumped to, "6,exit"
)

// Parse reads a report. A class lists its lines; those below its methods repeat
// them, or name declarations that are no lines to cover (Istanbul's), so that
// they count only where the class has no <lines> of its own, or in these only
// what is in no method (grcov, until 2022). Classes of one file add up.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), x: scan.NewXML(r, line)}
	var err error
	for err == nil && p.x.Next() { // lines are nearly all that there is
		if p.x.Record() >= 0 {
			err = p.line()
		} else {
			err = p.tag()
		}
	}
	err = cmp.Or(err, p.x.Err())
	if err == nil && p.stated != nil && p.roots == 1 {
		p.report.Apart(p.hidden, "are the compiler's, without a line of source")
		p.report.Apart(p.records-p.hidden-p.report.Totals().Lines.Coverable, "name again a line that the same or another class of the file has, which counts once here")
		for _, s := range p.stated {
			if s.Unit == coverage.UnitLines && s.Rate == "" && s.Coverable == p.below {
				s.Why = "that is the sum over methods, in which a line can stand several times (dotnet-coverage counts so)"
			}
			p.report.State(s)
		}
	}
	return p.report, err
}

// state keeps the totals of <coverage>, shares where there is nothing else.
func (p *parser) state() {
	p.roots++
	for _, of := range [...]struct {
		unit                 coverage.Unit
		covered, valid, rate string
	}{
		{coverage.UnitLines, "lines-covered", "lines-valid", "line-rate"},
		{coverage.UnitBranches, "branches-covered", "branches-valid", "branch-rate"},
	} {
		s, ok := coverage.Attributes(p.x, of.unit, of.covered, of.valid)
		if !ok {
			s.As, s.Rate = of.rate, string(p.x.Raw(of.rate))
		}
		if ok || s.Rate != "" {
			p.stated = append(p.stated, s)
		}
	}
}

type parser struct {
	report  *coverage.Report
	x       *scan.XML
	file    *coverage.File // of the class in hand, nil outside of one
	methods int            // open <methods> elements
	own     bool           // the class in hand has <lines>
	apart   bool           // none of them, so far, is one of its methods'
	method  int            // lines of the method in hand
	whole   bool           // some method of the class has several, and so not its declaration alone
	records int            // of lines, without those below methods
	below   int            // below methods
	hidden  int
	roots   int // <coverage> elements, which a <root> may hold several of
	stated  []coverage.Stated
	aside   coverage.File // what the methods of the class in hand say, for a class that has none
	partly  partly        // the line in hand, if not all of its branches ran
	first   bool          // the class in hand is the first of its file,
	last    int           // and this its last line so far
}

func (p *parser) tag() error {
	x := p.x
	if !x.Start() {
		switch string(x.Name()) {
		case "class":
			p.endClass()
		case "methods":
			if p.methods--; !p.own {
				p.last = 0 // the class's own lines repeat those of its methods
				p.apart = p.whole
			}
		}
		return nil
	}
	switch string(x.Name()) {
	case "coverage":
		p.state()
	case "class":
		name, ok := x.Attr("filename")
		if !ok {
			return x.Errorf("<class> without a filename")
		}
		p.endClass()
		known := p.report.Len()
		p.file = p.report.File(name)
		p.partly.id = hash(x.Raw("name"))
		p.first, p.last = p.report.Len() > known, 0
	case "methods":
		p.methods++
	case "method":
		p.method = 0
	case "lines":
		p.own = p.own || p.methods == 0
	case "condition":
		return p.condition()
	case "source":
		p.report.Sources = append(p.report.Sources, string(bytes.TrimSpace(x.Text())))
	}
	return nil
}

// line books the lines of a class.
func (p *parser) line() error {
	x := p.x
	if p.partly.file != nil { // few lines are: no call for the others
		p.endPartly()
	}
	if p.file == nil {
		return x.Errorf("<line> outside of <class>")
	}
	n, ok := x.Int(number)
	count, ok2 := x.Count(hits)
	if !ok || !ok2 {
		return x.Errorf("<line> where number and hits as numbers were expected")
	}
	into := p.file
	if p.methods > 0 {
		p.below++
		if p.own {
			return nil
		}
		into = &p.aside
		p.method++
		p.whole = p.whole || p.method > 1
	}
	into.Hit(n, count)
	if p.methods == 0 {
		p.records++
		if p.apart {
			_, repeats := p.aside.Line(n)
			p.apart = !repeats
		}
	}
	if coverage.Hidden(n) {
		p.hidden++
	}
	branches, counted, err := p.branches(count)
	if err != nil {
		return err
	}
	if branches.Total > 0 {
		p.branch(into, n, branches, counted)
	}
	p.last = max(p.last, n)
	return nil
}

// branch takes the branches of a line, or what stands for them until its
// <conditions> count them.
func (p *parser) branch(into *coverage.File, n int, branches coverage.Branches, counted bool) {
	if counted {
		into.SetBranches(n, branches)
	}
	// What another class of the report says of a line may be of other code.
	if only := p.first && n > p.last; branches.Covered < branches.Total && only || !counted {
		p.partly.begin(into, n, branches, p.x.Value(missing))
		p.partly.bare, p.partly.only = !counted, only
	}
}

// branches reads the branches of a line, "50% (1/2)". A line that only says that
// it branches is one branch that ran if it did, of as many as there are such
// records of the line (scoverage), unless its <conditions> count them (grcov).
func (p *parser) branches(hits int64) (b coverage.Branches, counted bool, err error) {
	x := p.x
	text := x.Value(condition)
	percent, fraction := cut(text, '(')
	if fraction == nil && bytes.HasSuffix(percent, []byte{'%'}) || len(text) == 0 {
		word := x.Value(branch)
		switch yes, ok := scan.Bool(word); {
		case yes && len(text) > 0 && !bytes.HasPrefix(percent, []byte("100")):
			if bytes.ContainsAny(percent, "123456789") {
				return coverage.Branches{Covered: 1, Total: 2}, true, nil // some did, and some did not
			}
			return coverage.Branches{Total: 1}, false, nil
		case yes:
			return coverage.Branches{Covered: int(min(hits, 1)), Total: 1}, false, nil
		case ok, len(word) == 0:
			return b, true, nil // the DTD's own condition-coverage="100%" says nothing
		}
		return b, true, x.Errorf("<line> with branch=%q where true or false was expected", x.Value(branch))
	}
	covered, after := cut(fraction, '/')
	total, _ := cut(after, ')')
	c, ok := scan.Int(covered)
	t, ok2 := scan.Int(total)
	if !ok || !ok2 {
		return b, true, x.Errorf("<line> with condition-coverage=%q where 50%% (1/2) was expected", text)
	}
	return coverage.Branches{Covered: c, Total: t}, true, nil
}

// cut is bytes.Cut for a few bytes, where looking is quicker than calling a
// search.
func cut(b []byte, at byte) (before, after []byte) {
	for i, c := range b {
		if c == at {
			return b[:i], b[i+1:]
		}
	}
	return b, nil
}

// endClass ends the class in hand.
func (p *parser) endClass() {
	p.endPartly()
	if p.file != nil && (!p.own || p.apart) {
		p.file.Add(&p.aside)
	}
	p.aside.Reset()
	p.file, p.own, p.apart, p.whole = nil, false, false, false
}
