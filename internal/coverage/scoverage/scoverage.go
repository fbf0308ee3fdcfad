// Package scoverage reads scoverage's own XML for Scala.
package scoverage

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a scoverage report.
func Sniff(head []byte) bool {
	x, ok := scan.Root(head)
	return ok && string(x.Name()) == "scoverage"
}

// Parse reads a report. A line's hits are those of the statement on it that
// ran most; statements that branch are its branches.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	x := scan.NewXML(r)
	for x.Next() {
		if !x.Start() || string(x.Name()) != "statement" || string(x.Raw("ignored")) == "true" {
			continue
		}
		source, _ := x.Attr("source")
		line, ok := scan.Int(x.Raw("line"))
		hits, ok2 := scan.Count(x.Raw("invocation-count"))
		if source == "" || !ok || !ok2 {
			return nil, x.Errorf("<statement> where source, line and invocation-count were expected")
		}
		file := report.File(source)
		file.Hit(line, hits)
		if start, ok := scan.Int(x.Raw("start")); ok && string(x.Raw("branch")) == "true" {
			file.Branch(line, uint32(start), hits)
		}
	}
	return report, x.Err()
}
