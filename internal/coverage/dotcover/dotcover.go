// Package dotcover reads dotCover's detailed XML.
package dotcover

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a dotCover report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "Root" && x.Raw("CoveragePercent") != nil
}

// Parse reads a report. It knows whether a statement ran, not how often: a
// line that did counts one hit.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	x := scan.NewXML(r)
	if x.Next() && bytes.Equal(x.Raw("ReportType"), []byte("Xml")) {
		return nil, x.Errorf("the short report, which has no lines; expected ReportType DetailedXML")
	}
	files := map[string]string{}
	var spans coverage.Spans
	for x.Next() {
		if !x.Start() {
			continue
		}
		switch string(x.Name()) {
		case "File":
			if name, ok := x.Attr("Name"); ok {
				files[string(x.Raw("Index"))] = name
			}
		case "Statement":
			name, known := files[string(x.Raw("FileIndex"))]
			from, ok := scan.Int(x.Raw("Line"))
			if !known || !ok {
				return nil, x.Errorf("<Statement> where a known FileIndex and a Line were expected")
			}
			to, ok := scan.Int(x.Raw("EndLine"))
			if !ok {
				to = from
			}
			var hits int64
			if covered := x.Raw("Covered"); bytes.EqualFold(covered, []byte("true")) || string(covered) == "1" {
				hits = 1
			}
			if err := spans.Hit(report.File(name), from, to, hits, x.Read()); err != nil {
				return nil, x.Errorf("<Statement>: %w", err)
			}
		}
	}
	return report, x.Err()
}
