// Package sonar reads and writes SonarQube's generic test coverage XML.
package sonar

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a generic coverage report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	if !ok || string(x.Name()) != "coverage" || x.Raw("version") == nil || x.Raw("line-rate") != nil || x.Raw("generated") != nil {
		return false
	}
	// Its files stand right below the root.
	return !x.Next() && x.Err() == nil || string(x.Name()) == "file" || string(x.Name()) == "coverage" && !x.Start()
}

// lineToCover is what a report repeats.
var lineToCover = scan.Record{
	Name:  "lineToCover",
	Attrs: []string{number: "lineNumber", covered: "covered", branches: "branchesToCover", coveredBranches: "coveredBranches"},
}

const (
	number = iota
	covered
	branches
	coveredBranches
)

// Parse reads a report. A line that was covered counts as one hit: the format
// knows no more.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	x := scan.NewXML(r, lineToCover)
	var file *coverage.File
	return report, x.Each(func() error {
		switch {
		case x.Record() >= 0:
			return line(x, file)
		case x.Start() && string(x.Name()) == "file":
			path, _ := x.Attr("path")
			if path == "" {
				return x.Errorf("<file> without a path")
			}
			file = report.File(path)
		}
		return nil
	})
}

// line books one line.
func line(x *scan.XML, file *coverage.File) error {
	if file == nil {
		return x.Errorf("<lineToCover> outside of <file>")
	}
	n, ok := x.Int(number)
	if !ok {
		return x.Errorf("<lineToCover> where a lineNumber was expected")
	}
	hits := int64(0)
	switch yes, ok := scan.Bool(x.Value(covered)); {
	case yes:
		hits = 1
	case !ok:
		return x.Errorf("<lineToCover> with covered=%q where true or false was expected", x.Value(covered))
	}
	file.Hit(n, hits)
	total, ok := x.Int(branches)
	ran, ok2 := x.Int(coveredBranches)
	if !ok && x.Has(branches) || !ok2 && x.Has(coveredBranches) {
		return x.Errorf("<lineToCover> where branchesToCover and coveredBranches as numbers were expected")
	}
	if total > 0 {
		file.SetBranches(n, coverage.Branches{Covered: ran, Total: total})
	}
	return nil
}

// Write writes a report in the generic form. Hits become covered or not.
func Write(w io.Writer, r *coverage.Report) error {
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString(`<coverage version="1">` + "\n")
	for _, f := range r.Files() {
		b.WriteString(`<file path="`)
		if err := xml.EscapeText(b, []byte(f.Path)); err != nil {
			return err
		}
		b.WriteString("\">\n")
		for n, m := range f.Marked() {
			fmt.Fprintf(b, `<lineToCover lineNumber="%d" covered="%t"`, n, m.Hits > 0)
			if m.Branches.Total > 0 {
				fmt.Fprintf(b, ` branchesToCover="%d" coveredBranches="%d"`, m.Branches.Total, m.Branches.Covered)
			}
			b.WriteString("/>\n")
		}
		b.WriteString("</file>\n")
	}
	b.WriteString("</coverage>\n")
	return b.Flush()
}
