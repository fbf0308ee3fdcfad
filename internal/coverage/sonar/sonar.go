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

// Sniff tells whether head begins a generic coverage report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	if !ok || string(x.Name()) != "coverage" || x.Raw("version") == nil || x.Raw("line-rate") != nil || x.Raw("generated") != nil {
		return false
	}
	// Its files stand right below the root.
	return !x.Next() && x.Err() == nil || string(x.Name()) == "file" || string(x.Name()) == "coverage" && !x.Start()
}

// Parse reads a report. A line that was covered counts as one hit: the format
// knows no more.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	x := scan.NewXML(r)
	var file *coverage.File
	for x.Next() {
		if !x.Start() {
			continue
		}
		switch string(x.Name()) {
		case "file":
			path, ok := x.Attr("path")
			if !ok || path == "" {
				return nil, x.Errorf("<file> without a path")
			}
			file = report.File(path)
		case "lineToCover":
			if file == nil {
				return nil, x.Errorf("<lineToCover> outside of <file>")
			}
			n, ok := scan.Int(x.Raw("lineNumber"))
			if !ok {
				return nil, x.Errorf("<lineToCover> where a lineNumber was expected")
			}
			var hits int64
			if string(x.Raw("covered")) == "true" {
				hits = 1
			}
			file.Hit(n, hits)
			if total, ok := scan.Int(x.Raw("branchesToCover")); ok && total > 0 {
				covered, _ := scan.Int(x.Raw("coveredBranches"))
				file.SetBranches(n, coverage.Branches{Covered: covered, Total: total})
			}
		}
	}
	return report, x.Err()
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
		branches := map[int]coverage.Branches{}
		for n, br := range f.Branches() {
			branches[n] = br
		}
		for n, hits := range f.Lines() {
			fmt.Fprintf(b, `<lineToCover lineNumber="%d" covered="%t"`, n, hits > 0)
			if br, ok := branches[n]; ok {
				fmt.Fprintf(b, ` branchesToCover="%d" coveredBranches="%d"`, br.Total, br.Covered)
			}
			b.WriteString("/>\n")
		}
		b.WriteString("</file>\n")
	}
	b.WriteString("</coverage>\n")
	return b.Flush()
}
