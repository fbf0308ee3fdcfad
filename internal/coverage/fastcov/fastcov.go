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
	report, j := coverage.New(), scan.NewJSON(r)
	var file *coverage.File // in hand
	lines := scan.NewCounts(j, lineNumber, func(n int, hits int64) { file.Hit(n, hits) })
	j.Member("sources", func() {
		j.Object(func(key []byte) {
			file = report.FileBytes(key)
			j.Object(func([]byte) { // a test
				j.Object(func(key []byte) {
					switch string(key) {
					case "lines":
						lines.Object()
					case "branches":
						j.Object(func(key []byte) { branches(j, file, key) })
					}
				})
			})
		})
	})
	return report, j.End()
}

const lineNumber = "a line number"

// branches reads how often each branch of a line was taken.
func branches(j *scan.JSON, file *coverage.File, key []byte) {
	n, ok := scan.Int(key)
	if !ok {
		j.Fail("%q where %s was expected", key, lineNumber)
	}
	id := uint32(0)
	j.Array(func() {
		taken, _ := j.Count()
		file.Branch(n, id, taken)
		id++
	})
}
