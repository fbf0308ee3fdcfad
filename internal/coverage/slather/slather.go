// Package slather reads the two kinds of JSON that slather writes: its own, and
// Gutter's.
package slather

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins slather's JSON.
func Sniff(head []byte) bool { return scan.Has(head, "[]/coverage", "symbols_by_file") }

// Parse reads [{"file":…,"coverage":[null,1]}], or Gutter's
// {"symbols_by_file":{…:[{"line":1,"short_text":"1"}]}}.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	if j.Kind() == '[' {
		j.Array(func() { file(j, report) })
		return report, j.End()
	}
	j.Member("symbols_by_file", func() {
		j.Object(func(key []byte) { symbols(j, report.FileBytes(key)) })
	})
	return report, j.End()
}

func file(j *scan.JSON, report *coverage.Report) {
	report.Entry(j, "file", "coverage", func(f *coverage.File, key []byte) {
		if string(key) == "coverage" {
			j.Counts("", func(i int, hits int64) { f.Hit(i+1, hits) })
		}
	})
}

// symbols reads Gutter's marks: a count, or "-" for what is not coverable.
func symbols(j *scan.JSON, f *coverage.File) {
	j.Array(func() {
		line, text := 0, ""
		j.Object(func(key []byte) {
			switch string(key) {
			case "line":
				line, _ = j.Int()
			case "short_text":
				text = j.String()
			}
		})
		if text == "-" || text == "" {
			return
		}
		hits, ok := scan.Count([]byte(text))
		if !ok {
			j.Fail("short_text %q where a count or - was expected", text)
			return
		}
		f.Hit(line, hits)
	})
}
