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

// point is what a report repeats.
var point = scan.Record{Name: "pt", Attrs: []string{visits: "visit", from: "sl", to: "el", file: "fid"}}

const (
	visits = iota
	from
	to
	file
)

// Parse reads a report. Points without a file are the compiler's own.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	x := scan.NewXML(r, point)
	files := map[string]string{}
	var spans coverage.Spans
	for x.Next() {
		switch {
		case x.Record() >= 0:
			path, known := files[string(x.Value(file))]
			if !known {
				continue
			}
			hits, ok := x.Count(visits)
			first, ok2 := x.Int(from)
			if !ok || !ok2 {
				return nil, x.Errorf("<pt> where visit and sl as numbers were expected")
			}
			last, ok := x.Int(to)
			if !ok || last < first {
				last = first
			}
			if err := spans.Hit(report.File(path), first, last, hits, x.Read()); err != nil {
				return nil, x.Errorf("<pt>: %w", err)
			}
		case x.Start() && (string(x.Name()) == "File" || string(x.Name()) == "file"):
			if url, ok := x.Attr("url"); ok {
				files[string(x.Raw("id"))] = url
			}
		}
	}
	return report, x.Err()
}
