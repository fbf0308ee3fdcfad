// Package ctc reads the XML that Testwell CTC++ makes for ReportGenerator.
package ctc

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a CTC++ report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "coverage" && x.Raw("ctcreportVersion") != nil
}

// line is what a report repeats.
var line = scan.Record{Name: "line", Attrs: []string{number: "number", executed: "isExecuted"}}

const (
	number = iota
	executed
)

// Parse reads a report. Lines that say whether they were executed are
// coverable; one that was counts one hit.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	x := scan.NewXML(r, line)
	var file *coverage.File
	for x.Next() {
		switch {
		case x.Record() >= 0:
			n, ok := x.Int(number)
			if file == nil || !ok {
				return nil, x.Errorf("<line> where a number within <file> was expected")
			}
			switch string(x.Value(executed)) {
			case "":
			case "Executed", "PartlyExecuted":
				file.Hit(n, 1)
			default:
				file.Hit(n, 0)
			}
		case x.Start() && string(x.Name()) == "file":
			path, _ := x.Attr("location")
			if path == "" {
				return nil, x.Errorf("<file> without a location")
			}
			file = report.File(path)
		}
	}
	return report, x.Err()
}
