// Package fastcov reads fastcov's JSON.
package fastcov

import (
	"bytes"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins fastcov's JSON.
func Sniff(head []byte) bool {
	keys, ok := scan.Keys(head)
	return ok && slices.Contains(keys, "sources") && !bytes.Contains(head, []byte(`"mappings"`))
}

// Parse reads {"sources":{file:{test:{"lines":{"1":2},"branches":{"1":[2,0]}}}}}.
// The tests of a file add up.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		if string(key) != "sources" {
			return
		}
		j.Object(func(key []byte) {
			f := report.FileBytes(key)
			j.Object(func([]byte) { test(j, f) })
		})
	})
	return report, j.End()
}

func test(j *scan.JSON, f *coverage.File) {
	number := func(key []byte) int {
		n, ok := scan.Int(key)
		if !ok {
			j.Fail("%q where a line number was expected", key)
		}
		return n
	}
	j.Object(func(key []byte) {
		switch string(key) {
		case "lines":
			j.Object(func(key []byte) {
				n := number(key)
				if hits, ok := j.Count(); ok {
					f.Hit(n, hits)
				}
			})
		case "branches":
			j.Object(func(key []byte) {
				n, id := number(key), uint32(0)
				j.Array(func() {
					taken, _ := j.Count()
					f.Branch(n, id, taken)
					id++
				})
			})
		}
	})
}
