// Package codacy reads and writes the JSON that Codacy's coverage API takes.
package codacy

import (
	"bufio"
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins Codacy's JSON.
func Sniff(head []byte) bool { return scan.Has(head, "fileReports") }

// Parse reads {"fileReports":[{"filename":…,"coverage":{"10":1}}]}.
func Parse(r io.Reader) (*coverage.Report, error) {
	report, j := coverage.New(), scan.NewJSON(r)
	var file *coverage.File // in hand
	lines := scan.NewCounts(j, "a line number", func(n int, hits int64) { file.Hit(n, hits) })
	j.Member("fileReports", func() {
		j.Array(func() {
			report.Entry(j, "filename", "coverage", func(f *coverage.File, key []byte) {
				if file = f; string(key) == "coverage" {
					lines.Object()
				}
			})
		})
	})
	return report, j.End()
}

// Write writes a report as Codacy takes it. Counts are cut to 32 bits, which
// is what it reads. Codacy wants one upload for each language and at most
// 10 MB in one; Write writes everything at once.
func Write(w io.Writer, r *coverage.Report) error {
	b := bufio.NewWriterSize(w, 64<<10)
	b.WriteString(`{"fileReports":[`)
	for i, f := range r.Files() {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(f.Path)
		if err != nil {
			return err
		}
		b.WriteString(`{"filename":`)
		b.Write(name)
		b.WriteString(`,"coverage":{`)
		var line []byte
		for n, hits := range f.Lines() {
			if line != nil {
				b.WriteByte(',')
			}
			line = strconv.AppendInt(append(line[:0], '"'), int64(n), 10)
			line = strconv.AppendInt(append(line, `":`...), min(hits, math.MaxInt32), 10)
			b.Write(line)
		}
		b.WriteString("}}")
	}
	b.WriteString("]}\n")
	return b.Flush()
}
