// Package coveragepy reads the JSON report of coverage.py.
package coveragepy

import (
	"bytes"
	"io"
	"math"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a JSON report of coverage.py.
func Sniff(head []byte) bool {
	keys, ok := scan.Keys(head)
	return ok && len(keys) > 1 && keys[0] == "meta" && keys[1] == "files" ||
		ok && len(keys) > 0 && bytes.Contains(head, []byte(`"executed_lines"`)) && bytes.Contains(head, []byte(`"files"`))
}

// SniffPrivate tells whether head begins coverage.py's old data file, which
// names lines that ran and none that did not.
func SniffPrivate(head []byte) bool {
	return bytes.HasPrefix(head, []byte("!coverage.py: This is a private format"))
}

// Parse reads a report. It knows whether a line ran, not how often: one that
// did counts one hit. Branches are arcs from one line to another and belong to
// the line that they leave.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.NewLargest()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		if string(key) == "files" {
			j.Object(func(key []byte) { file(j, report.FileBytes(key)) })
		}
	})
	return report, j.End()
}

func file(j *scan.JSON, f *coverage.File) {
	j.Object(func(key []byte) {
		switch string(key) {
		case "executed_lines":
			lines(j, f, 1)
		case "missing_lines":
			lines(j, f, 0)
		case "executed_branches":
			arcs(j, f, 1)
		case "missing_branches":
			arcs(j, f, 0)
		}
	})
}

func lines(j *scan.JSON, f *coverage.File, hits int64) {
	j.Counts(func(_ int, line int64) { f.Hit(int(min(line, math.MaxInt32)), hits) })
}

// arcs reads [[12, 13], [12, -1]].
func arcs(j *scan.JSON, f *coverage.File, taken int64) {
	j.Array(func() {
		var ends [2]int64
		i := 0
		j.Array(func() {
			negative := j.Kind() == '0' && j.Negative()
			if n, ok := j.Int(); ok && i < 2 {
				ends[i] = int64(n)
				if negative {
					ends[i] = -1 // leaves the function
				}
				i++
			}
		})
		f.Branch(int(ends[0]), uint32(ends[1]), taken)
	})
}
