// Package ncover reads the XML of NCover 1.
package ncover

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins an NCover report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "coverage" && x.Raw("profilerVersion") != nil
}

// Parse reads a report. Excluded points are no points.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	x := scan.NewXML(r)
	var spans coverage.Spans
	for x.Next() {
		if !x.Start() || string(x.Name()) != "seqpnt" || string(x.Raw("excluded")) == "true" {
			continue
		}
		path, _ := x.Attr("document")
		hits, ok := scan.Count(x.Raw("visitcount"))
		from, ok2 := scan.Int(x.Raw("line"))
		if path == "" || !ok || !ok2 {
			return nil, x.Errorf("<seqpnt> where document, line and visitcount were expected")
		}
		to, ok := scan.Int(x.Raw("endline"))
		if !ok || to < from {
			to = from
		}
		if from == 0xFEEFEE {
			continue // the number that compilers give to code without a line
		}
		if err := spans.Hit(report.File(path), from, to, hits, x.Read()); err != nil {
			return nil, x.Errorf("<seqpnt>: %w", err)
		}
	}
	return report, x.Err()
}
