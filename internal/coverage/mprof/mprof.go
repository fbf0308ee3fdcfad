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

// statement is what a report repeats.
var statement = scan.Record{Name: "statement", Attrs: []string{line: "line", counter: "counter"}}

const (
	line = iota
	counter
)

// Parse reads a report. Its counters are no numbers of runs, so a line whose
// counter is above zero counts one hit.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	x := scan.NewXML(r, statement)
	path := ""
	for x.Next() {
		switch {
		case x.Record() >= 0:
			if path == "" {
				continue // a method without a source
			}
			n, ok := x.Int(line)
			runs, ok2 := x.Count(counter)
			if !ok || !ok2 {
				return nil, x.Errorf("<statement> where line and counter as numbers were expected")
			}
			report.File(path).Hit(n, min(runs, 1))
		case x.Start() && string(x.Name()) == "method":
			path, _ = x.Attr("filename")
		}
	}
	return report, x.Err()
}
