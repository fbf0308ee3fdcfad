// Package jacoco reads the XML report of JaCoCo: packages of source files with
// covered and missed instructions and branches of each line.
package jacoco

import (
	"io"
	"path"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a JaCoCo report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "report" && x.Raw("name") != nil
}

// Parse reads a report. A line is covered if any of its instructions ran, and
// its hits are the number of those (JaCoCo counts no runs). Paths are package
// and source file, as the classes say, below the names of the groups that a
// report of several modules puts around them.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	x := scan.NewXML(r)
	var groups []string
	var dir string
	var file *coverage.File
	for x.Next() {
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
		case "line":
			if file == nil {
				return nil, x.Errorf("<line> outside of <sourcefile>")
			}
			if err := line(x, file); err != nil {
				return nil, err
			}
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

// line reads <line nr mi ci mb cb>.
func line(x *scan.XML, file *coverage.File) error {
	nr, mb, cb := -1, 0, 0
	var mi, ci int64
	ok, counted := true, false
	for i := range x.NumAttr() {
		name, value := x.AttrAt(i)
		if len(name) != 2 {
			continue
		}
		good := true
		switch string(name) {
		case "nr":
			nr, good = scan.Int(value)
		case "mi":
			mi, good = scan.Count(value)
			counted = true
		case "ci":
			ci, good = scan.Count(value)
			counted = true
		case "mb":
			mb, good = scan.Int(value)
		case "cb":
			cb, good = scan.Int(value)
		}
		ok = ok && good
	}
	if !ok || nr < 0 {
		return x.Errorf("<line> where nr, mi, ci, mb and cb as numbers were expected")
	}
	if !counted {
		return x.Errorf("<line> with neither mi nor ci, which does not say whether it ran (gcovr writes such; its Cobertura and LCOV say it)")
	}
	if mi == 0 && ci == 0 {
		return nil // no instruction: nothing to cover
	}
	file.Hit(nr, ci)
	if mb+cb > 0 {
		file.SetBranches(nr, coverage.Branches{Covered: cb, Total: mb + cb})
	}
	return nil
}
