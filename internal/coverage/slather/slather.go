// Package slather reads the two kinds of JSON that slather writes: its own, and
// Gutter's.
package slather

import (
	"bytes"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins slather's JSON.
func Sniff(head []byte) bool {
	j := scan.NewJSON(bytes.NewReader(head))
	switch j.Kind() {
	case '[':
		found, first := false, true
		j.Array(func() {
			if !first || j.Kind() != '{' {
				return
			}
			first = false
			var keys []string
			j.Object(func(key []byte) { keys = append(keys, string(key)) })
			found = len(keys) > 1 && keys[0] == "file" && slices.Contains(keys, "coverage")
		})
		return found
	case '{':
		keys, _ := scan.Keys(head)
		return slices.Contains(keys, "symbols_by_file")
	}
	return false
}

// Parse reads [{"file":…,"coverage":[null,1]}], or Gutter's
// {"symbols_by_file":{…:[{"line":1,"short_text":"1"}]}}.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	if j.Kind() == '[' {
		j.Array(func() { file(j, report) })
		return report, j.End()
	}
	j.Object(func(key []byte) {
		if string(key) == "symbols_by_file" {
			j.Object(func(key []byte) { symbols(j, report.FileBytes(key)) })
		}
	})
	return report, j.End()
}

func file(j *scan.JSON, report *coverage.Report) {
	var f *coverage.File
	j.Object(func(key []byte) {
		switch string(key) {
		case "file":
			f = report.File(j.String())
		case "coverage":
			if f == nil {
				j.Fail("a file's name was expected before its coverage")
				return
			}
			n := 0
			j.Array(func() {
				n++
				if hits, ok := j.Count(); ok {
					f.Hit(n, hits)
				}
			})
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
