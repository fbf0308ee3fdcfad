// Package jacoco reads the XML report of JaCoCo: packages of source files with
// covered and missed instructions and branches of each line.
package jacoco

import (
	"io"
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a JaCoCo report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "report" && x.Raw("name") != nil
}

// line is a line's instructions and branches, missed and covered.
var line = scan.Record{Name: "line", Attrs: []string{nr: "nr", mi: "mi", ci: "ci", mb: "mb", cb: "cb"}}

// counter is a total of the whole report.
var counter = scan.Record{Name: "counter", Attrs: []string{kind: "type", missed: "missed", covered: "covered"}, Depth: 2}

const (
	kind = iota
	missed
	covered
)

const (
	nr = iota
	mi
	ci
	mb
	cb
)

// Parse reads a report. A line is covered if any of its instructions ran, and
// its hits are the number of those (JaCoCo counts no runs). Paths are package
// and source file, as the classes say, below the names of the groups that a
// report of several modules puts around them.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), x: scan.NewXML(r, line, counter, scan.Record{Name: "method"}, scan.Record{Name: "class"})}
	err := p.x.Each(p.tag)
	if p.report.Instructions.Coverable > 0 && !p.lines {
		p.report.Remark("its classes have no line numbers: compile them with debug information (javac -g; debug=\"true\" in Ant)")
	}
	return p.report, err
}

type parser struct {
	report *coverage.Report
	x      *scan.XML
	groups []string       // that are open, the outermost first
	dir    string         // of the package in hand, below the groups
	file   *coverage.File // of the source file in hand, nil outside of one
	lines  bool           // there is one
}

func (p *parser) tag() error {
	x := p.x
	switch {
	case x.Record() == 1:
		state(x, p.report)
	case x.Record() == 0:
		p.lines = true
		return book(x, p.file)
	case x.Start():
		return p.open()
	case string(x.Name()) == "sourcefile":
		p.file = nil
	case string(x.Name()) == "group":
		p.groups = p.groups[:max(len(p.groups)-1, 0)]
	}
	return nil
}

// open reads the start of an element that has a name.
func (p *parser) open() error {
	name, _ := p.x.Attr("name")
	switch string(p.x.Name()) {
	case "report":
		p.report.Title = name
	case "group":
		p.groups = append(p.groups, name)
	case "package":
		p.dir = path.Join(path.Join(p.groups...), name)
	case "sourcefile":
		if name == "" {
			return p.x.Errorf("<sourcefile> without a name")
		}
		p.file = p.report.File(below(p.dir, name))
	}
	return nil
}

// below returns the path of a source file in a package. Pester names the folders
// that a file lies in both in the package and before the file's own name.
func below(dir, name string) string {
	if folder, _ := path.Split(name); folder == dir+"/" {
		dir = ""
	} else if folder != "" {
		dir = strings.TrimSuffix(dir, "/"+folder[:len(folder)-1])
	}
	if dir == "" {
		return name
	}
	return dir + "/" + name
}

// state keeps a total of lines or branches, which are sums over source files, as
// ours are, and that of instructions, which lines do not add up to.
func state(x *scan.XML, report *coverage.Report) {
	lost, ok := x.Int(missed)
	ran, ok2 := x.Int(covered)
	if !ok || !ok2 {
		return
	}
	s := coverage.Stated{As: "counter " + string(x.Value(kind)), Count: coverage.Count{Covered: ran, Coverable: lost + ran}}
	switch string(x.Value(kind)) {
	case "INSTRUCTION":
		report.Instructions = s.Count
		return
	case "LINE":
		s.Unit = coverage.UnitLines
	case "BRANCH":
		s.Unit = coverage.UnitBranches
	default:
		return
	}
	report.State(s)
}

// book books one line.
func book(x *scan.XML, file *coverage.File) error {
	if file == nil {
		return x.Errorf("<line> outside of <sourcefile>")
	}
	n, ok := x.Int(nr)
	notRan, ok2 := x.Count(mi)
	ran, ok3 := x.Count(ci)
	branchesMissed, ok4 := x.Int(mb)
	branchesRan, ok5 := x.Int(cb)
	if !ok || !ok2 && x.Has(mi) || !ok3 && x.Has(ci) || !ok4 && x.Has(mb) || !ok5 && x.Has(cb) {
		return x.Errorf("<line> where nr, mi, ci, mb and cb as numbers were expected")
	}
	if !ok2 && !ok3 {
		return x.Errorf("<line> with neither mi nor ci, which does not say whether it ran (gcovr writes such; its Cobertura and LCOV say it)")
	}
	if notRan == 0 && ran == 0 {
		return nil // no instruction: nothing to cover
	}
	file.Hit(n, ran)
	if branchesMissed+branchesRan > 0 {
		file.SetBranches(n, coverage.Branches{Covered: branchesRan, Total: branchesMissed + branchesRan})
	}
	return nil
}
