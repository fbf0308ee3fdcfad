// Package partcover reads the XML of PartCover.
package partcover

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a PartCover report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "PartCoverReport"
}

// Parse reads a report. Points without a file are the compiler's own.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	x := scan.NewXML(r)
	files := map[string]string{}
	var spans coverage.Spans
	for x.Next() {
		if !x.Start() {
			continue
		}
		switch string(x.Name()) {
		case "File", "file":
			if url, ok := x.Attr("url"); ok {
				files[string(x.Raw("id"))] = url
			}
		case "pt":
			path, known := files[string(x.Raw("fid"))]
			if !known {
				continue
			}
			hits, ok := scan.Count(x.Raw("visit"))
			from, ok2 := scan.Int(x.Raw("sl"))
			if !ok || !ok2 {
				return nil, x.Errorf("<pt> where visit and sl as numbers were expected")
			}
			to, ok := scan.Int(x.Raw("el"))
			if !ok || to < from {
				to = from
			}
			if err := spans.Hit(report.File(path), from, to, hits, x.Read()); err != nil {
				return nil, x.Errorf("<pt>: %w", err)
			}
		}
	}
	return report, x.Err()
}
