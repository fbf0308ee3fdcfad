// Package canonical reads the form that coverage.WriteJSON writes
// (docs/canonical-json.md), so that it can be merged again.
package canonical

import (
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins the canonical form.
func Sniff(head []byte) bool {
	keys, ok := scan.Keys(head)
	return ok && len(keys) > 1 && keys[0] == "version" && slices.Contains(keys, "files") && !slices.Contains(keys, "meta")
}

// Parse reads a report in the canonical form. Totals are counted anew.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		switch string(key) {
		case "version":
			if n, _ := j.Int(); n != coverage.JSONVersion {
				j.Fail("version %d where %d was expected", n, coverage.JSONVersion)
			}
		case "files":
			j.Array(func() { file(j, report) })
		}
	})
	return report, j.End()
}

func file(j *scan.JSON, report *coverage.Report) {
	var f *coverage.File
	j.Object(func(key []byte) {
		if string(key) == "path" {
			f = report.File(j.String())
			return
		}
		if f == nil {
			j.Fail("a file's path was expected before %q", key)
			return
		}
		switch string(key) {
		case "lines":
			j.Object(func(key []byte) {
				n := line(j, key)
				hits, _ := j.Count()
				f.Hit(n, hits)
			})
		case "branches":
			j.Object(func(key []byte) {
				n := line(j, key)
				var b coverage.Branches
				j.Object(func(key []byte) {
					switch string(key) {
					case "covered":
						b.Covered, _ = j.Int()
					case "total":
						b.Total, _ = j.Int()
					}
				})
				f.SetBranches(n, b)
			})
		}
	})
}

func line(j *scan.JSON, key []byte) int {
	n, ok := scan.Int(key)
	if !ok {
		j.Fail("%q where a line number was expected", key)
	}
	return n
}
