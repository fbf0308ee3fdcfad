// Package jacoco reads the XML report of JaCoCo: packages of source files with
// covered and missed instructions and branches of each line.
package jacoco

import (
	"io"
	"path"

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
	report := coverage.New()
	x := scan.NewXML(r, line, counter, scan.Record{Name: "method"}, scan.Record{Name: "class"})
	var groups []string
	var dir string
	var file *coverage.File
	for x.Next() {
		if x.Record() == 1 {
			state(x, report)
			continue
		}
		if x.Record() >= 0 {
			if file == nil {
				return nil, x.Errorf("<line> outside of <sourcefile>")
			}
			if err := book(x, file); err != nil {
				return nil, err
			}
			continue
		}
		if !x.Start() {
			switch string(x.Name()) {
			case "sourcefile":
				file = nil
			case "group":
				groups = groups[:max(len(groups)-1, 0)]
			}
			continue
		}
		switch string(x.Name()) {
		case "report":
			report.Title, _ = x.Attr("name")
		case "group":
			name, _ := x.Attr("name")
			groups = append(groups, name)
		case "package":
			name, _ := x.Attr("name")
			dir = path.Join(path.Join(groups...), name)
		case "sourcefile":
			name, ok := x.Attr("name")
			if !ok || name == "" {
				return nil, x.Errorf("<sourcefile> without a name")
			}
			if dir != "" {
				name = dir + "/" + name
			}
			file = report.File(name)
		}
	}
	return report, x.Err()
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
