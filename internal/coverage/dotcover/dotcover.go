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

// statement is what a report repeats.
var statement = scan.Record{Name: "Statement", Attrs: []string{file: "FileIndex", from: "Line", to: "EndLine", covered: "Covered"}}

const (
	file = iota
	from
	to
	covered
)

// Parse reads a report. It knows whether a statement ran, not how often: a
// line that did counts one hit.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	x := scan.NewXML(r, statement)
	if x.Next() && bytes.Equal(x.Raw("ReportType"), []byte("Xml")) {
		return nil, x.Errorf("the short report, which has no lines; expected ReportType DetailedXML")
	}
	files := map[string]string{}
	var spans coverage.Spans
	for x.Next() {
		switch {
		case x.Record() >= 0:
			name, known := files[string(x.Value(file))]
			first, ok := x.Int(from)
			if !known || !ok {
				return nil, x.Errorf("<Statement> where a known FileIndex and a Line were expected")
			}
			last, ok := x.Int(to)
			if !ok {
				last = first
			}
			var hits int64
			if covered := x.Value(covered); bytes.EqualFold(covered, []byte("true")) || string(covered) == "1" {
				hits = 1
			}
			if err := spans.Hit(report.File(name), first, last, hits, x.Read()); err != nil {
				return nil, x.Errorf("<Statement>: %w", err)
			}
		case x.Start() && string(x.Name()) == "File":
			if name, ok := x.Attr("Name"); ok {
				files[string(x.Raw("Index"))] = name
			}
		}
	}
	return report, x.Err()
}
