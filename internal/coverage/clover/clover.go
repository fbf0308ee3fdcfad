// Package clover reads Clover XML as OpenClover, PHPUnit and Istanbul write it.
package clover

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a Clover report: <coverage> around a <project>.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	if !ok || string(x.Name()) != "coverage" || x.Raw("line-rate") != nil {
		return false
	}
	marked := x.Raw("generated") != nil || x.Raw("clover") != nil
	if !x.Next() {
		return marked && x.Err() == nil
	}
	return string(x.Name()) == "project" || string(x.Name()) == "testproject" || marked && !x.Start()
}

// line is what a report repeats.
var line = scan.Record{Name: "line", Attrs: []string{num: "num", kind: "type", count: "count", truecount: "truecount", falsecount: "falsecount"}}

const (
	num  = iota
	kind // stmt, cond or method
	count
	truecount // of a condition
	falsecount
)

// Parse reads a report. Lines of type stmt and cond are coverable; those of
// type method only say where one begins, unless PHPUnit wrote them in place of
// a statement. A path is the file's path attribute, or its name.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), x: scan.NewXML(r, line)}
	err := p.x.Each(p.tag)
	p.endFile()
	for _, s := range p.stated {
		if s.Unit == coverage.UnitStatements {
			s.Counted = &p.statements
			if p.marked { // Istanbul counts lines under that name
				s.Unit, s.Counted = coverage.UnitLines, nil
			}
		}
		p.report.State(s)
	}
	return p.report, err
}

// state keeps the totals of a project.
func (p *parser) state() {
	if s, ok := coverage.Attributes(p.x, coverage.UnitStatements, "coveredstatements", "statements"); ok {
		p.stated = append(p.stated, s)
	}
	if s, ok := coverage.Attributes(p.x, coverage.UnitBranches, "coveredconditionals", "conditionals"); ok {
		p.stated = append(p.stated, s)
	}
}

type parser struct {
	report *coverage.Report
	x      *scan.XML
	file   *coverage.File
	conds  []cond // of the file in hand
	total  int    // conditionals that the file's metrics say there are
	stmts  int    // statements that they say there are
	first  int    // statements that were read before the file
	heads  []head // of methods
	known  bool   // whether they say so
	inside bool   // an element within the file, whose metrics are not the file's
	tests  bool   // within <testproject>, OpenClover's tests, which its totals leave out
	marked bool   // the version is the one that Istanbul writes of itself
	php    bool   // there is no version, or one above 9: PHPUnit's Clover, OpenClover, and gcovr's, which has no methods
	perl   bool   // the version begins with 0 or 1, as Devel::Cover's do, and those of the oldest Clover

	statements coverage.Count    // records of them
	stated     []coverage.Stated // by the projects
}

// head is a line on which a method begins.
type head struct {
	line  int
	runs  int64
	above int // statements that were read before it
}

// cond is a line with a condition.
type cond struct {
	line        int
	whenTrue    int64
	whenNotTrue int64
}

func (p *parser) tag() error {
	x := p.x
	switch {
	case x.Record() >= 0:
		if p.tests {
			return nil
		}
		return p.line()
	case string(x.Name()) == "testproject":
		p.tests = x.Start()
		return nil
	case p.tests:
		return nil
	case !x.Start():
		switch string(x.Name()) {
		case "file":
			p.endFile()
		case "class":
			p.inside = false
		}
		return nil
	}
	switch string(x.Name()) {
	case "file":
		name, _ := x.Attr("path")
		if name == "" {
			name, _ = x.Attr("name")
		}
		if name == "" {
			return x.Errorf("<file> without a path or a name")
		}
		p.endFile()
		p.file = p.report.File(name)
	case "class":
		p.inside = true
	case "coverage":
		version := x.Raw("clover")
		p.marked = string(version) == "3.2.0"
		p.php = len(version) == 0 || len(version) > 1 && version[1] != '.'
		p.perl = !p.php && version[0] < '2'
	case "metrics":
		if p.file != nil && !p.inside {
			p.total, p.known = scan.Int(x.Raw("conditionals"))
			p.stmts, _ = scan.Int(x.Raw("statements"))
		} else if x.Depth() == 3 && p.file == nil {
			p.state()
		}
	}
	return nil
}

func (p *parser) line() error {
	x := p.x
	if p.file == nil {
		return x.Errorf("<line> outside of <file>")
	}
	n, ok := x.Int(num)
	runs, ok2 := x.Count(count)
	if !ok || !ok2 && len(x.Value(count)) > 0 {
		return x.Errorf("<line> where num and count as numbers were expected")
	}
	var c cond
	if x.Has(truecount) || x.Has(falsecount) {
		var yes, no bool
		c.whenTrue, yes = x.Count(truecount)
		c.whenNotTrue, no = x.Count(falsecount)
		if !yes && x.Has(truecount) || !no && x.Has(falsecount) {
			return x.Errorf("<line> where truecount and falsecount as numbers were expected")
		}
	}
	switch kind := x.Value(kind); {
	case len(kind) == 0:
		return x.Errorf("<line> of a type other than stmt, cond and method")
	case kind[0] == 's':
		p.statement(n, runs)
		return nil
	case kind[0] == 'c':
		c.line = n
		if p.perl { // how many of the two ran, and how many cannot
			c.whenNotTrue = c.whenTrue / 2
		}
		p.conds = append(p.conds, c)
		if !ok2 {
			runs = max(c.whenTrue+min(c.whenNotTrue, 1<<62), c.whenTrue)
		}
	case kind[0] == 'm':
		p.heads = append(p.heads, head{n, runs, p.statements.Coverable})
		return nil
	default:
		return x.Errorf("<line> of a type other than stmt, cond and method")
	}
	p.file.Hit(n, runs)
	return nil
}

// statement books a statement.
func (p *parser) statement(line int, runs int64) {
	p.statements.Coverable++
	p.statements.Covered += int(min(runs, 1))
	p.file.Hit(line, runs)
}

// lost books the statements on lines on which a method begins. PHPUnit writes the
// method alone there, and the file's metrics show how many statements there are:
// those of methods without others come first.
func (p *parser) lost() {
	lost := p.stmts - (p.statements.Coverable - p.first)
	end := p.statements.Coverable
	for _, short := range [...]bool{true, false} {
		for i, m := range p.heads {
			next := end
			if i+1 < len(p.heads) {
				next = p.heads[i+1].above
			}
			if p.php && lost > 0 && (next == m.above) == short {
				p.statement(m.line, m.runs)
				lost--
			}
		}
	}
	p.first, p.stmts, p.heads = p.statements.Coverable, 0, p.heads[:0]
}

// endFile books the conditions of the file in hand. OpenClover counts how often
// a condition was true and how often false: two branches. Istanbul writes how
// many branches of a line were covered and how many were not. It shows itself
// version 3.2.0; where that does not hold, the number of conditionals in the
// file's metrics shows which it is.
func (p *parser) endFile() {
	p.lost()
	sum := int64(0)
	for _, c := range p.conds {
		sum += min(c.whenTrue, 1<<20) + min(c.whenNotTrue, 1<<20)
	}
	two := 2 * len(p.conds)
	istanbul := p.marked
	if p.known && p.total == two && sum != int64(two) {
		istanbul = false
	} else if p.known && !p.perl && int64(p.total) == sum && p.total != two {
		istanbul = true
	}
	nth := uint32(0) // of the conditions of a line
	for i, c := range p.conds {
		if istanbul {
			covered, not := int(min(c.whenTrue, 1<<20)), int(min(c.whenNotTrue, 1<<20))
			p.file.SetBranches(c.line, coverage.Branches{Covered: covered, Total: covered + not})
			continue
		}
		if nth++; i == 0 || p.conds[i-1].line != c.line {
			nth = 0
		}
		p.file.Branch(c.line, nth<<16, c.whenTrue)
		p.file.Branch(c.line, nth<<16|1, c.whenNotTrue)
	}
	p.file, p.conds, p.known, p.inside = nil, p.conds[:0], false, false
}
