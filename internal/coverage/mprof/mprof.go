// Package mprof reads the XML of Mono's profiler (mprof).
package mprof

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins an mprof report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "coverage" && x.Raw("version") != nil && x.Next() && string(x.Name()) == "assembly"
}

// Parse reads a report. Its counters are no numbers of runs, so a line whose
// counter is above zero counts one hit.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	x := scan.NewXML(r)
	path := ""
	for x.Next() {
		if !x.Start() {
			continue
		}
		switch string(x.Name()) {
		case "method":
			path, _ = x.Attr("filename")
		case "statement":
			if path == "" {
				continue // a method without a source
			}
			line, ok := scan.Int(x.Raw("line"))
			counter, ok2 := scan.Count(x.Raw("counter"))
			if !ok || !ok2 {
				return nil, x.Errorf("<statement> where line and counter as numbers were expected")
			}
			report.File(path).Hit(line, min(counter, 1))
		}
	}
	return report, x.Err()
}
