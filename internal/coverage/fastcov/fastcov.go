// Package fastcov reads fastcov's JSON.
package fastcov

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins fastcov's JSON.
func Sniff(head []byte) bool {
	return scan.Has(head, "sources/*/*/lines", "sources/*/*/branches", "sources/*/*/functions") ||
		scan.Has(head, "sources") && !scan.Has(head, "mappings", "sources/[]")
}

// Parse reads {"sources":{file:{test:{"lines":{"1":2},"branches":{"1":[2,0]}}}}}.
// The tests of a file add up.
func Parse(r io.Reader) (*coverage.Report, error) {
	p := parser{report: coverage.New(), j: scan.NewJSON(r)}
	p.hits = scan.NewCounts(p.j, lineNumber, func(n int, hits int64) { p.file.Hit(n, hits) })
	j := p.j
	j.Object(func(key []byte) {
		if string(key) != "sources" {
			return
		}
		j.Object(func(key []byte) {
			p.file = p.report.FileBytes(key)
			j.Object(func([]byte) { j.Object(p.test) })
		})
	})
	return p.report, j.End()
}

const lineNumber = "a line number"

type parser struct {
	report *coverage.Report
	j      *scan.JSON
	hits   *scan.Rows
	file   *coverage.File // in hand
}

// test reads what one test ran of a file.
func (p *parser) test(key []byte) {
	switch string(key) {
	case "lines":
		p.hits.Object()
	case "branches":
		p.j.Object(p.branches)
	}
}

// branches reads how often each branch of a line was taken.
func (p *parser) branches(key []byte) {
	n, ok := scan.Int(key)
	if !ok {
		p.j.Fail("%q where %s was expected", key, lineNumber)
	}
	id := uint32(0)
	p.j.Array(func() {
		taken, _ := p.j.Count()
		p.file.Branch(n, id, taken)
		id++
	})
}
