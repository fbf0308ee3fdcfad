// Package simplecov reads SimpleCov's .resultset.json and the coverage.json of
// its JSON formatters.
package simplecov

import (
	"bytes"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins a .resultset.json: names of test commands,
// each with its coverage.
func Sniff(head []byte) bool {
	j := scan.NewJSON(bytes.NewReader(head))
	if j.Kind() != '{' {
		return false
	}
	found, first := false, true
	j.Object(func([]byte) {
		if !first || j.Kind() != '{' {
			return
		}
		first = false
		j.Object(func(key []byte) {
			if string(key) == "coverage" && j.Kind() == '{' {
				found = true
				empty := true
				j.Object(func([]byte) {
					if !empty {
						return
					}
					empty = false
					// A file is an array of lines, or an object that has one.
					if kind := j.Kind(); kind != '[' {
						found = kind == '{'
						j.Object(func(key []byte) { found = found && string(key) != "statementMap" })
					}
				})
			}
		})
	})
	return found
}

// SniffFormatter tells whether head begins the coverage.json of a formatter.
func SniffFormatter(head []byte) bool {
	keys, ok := scan.Keys(head)
	if !ok {
		return false
	}
	if slices.Contains(keys, "meta") && slices.Contains(keys, "coverage") || bytes.Contains(head[:min(len(head), 2000)], []byte(`"simplecov_version"`)) {
		return true
	}
	return slices.Contains(keys, "command_name") && slices.Contains(keys, "files")
}

// Parse reads a .resultset.json. The results of several commands add up.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func([]byte) {
		j.Object(func(key []byte) {
			if string(key) == "coverage" {
				files(j, report)
			}
		})
	})
	return report, j.End()
}

// ParseFormatter reads the coverage.json of a formatter.
func ParseFormatter(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		switch string(key) {
		case "coverage":
			files(j, report)
		case "files": // the older gem: simplecov-json
			j.Array(func() { named(j, report) })
		}
	})
	return report, j.End()
}

// files reads an object of files, each an array of lines or an object with one.
func files(j *scan.JSON, report *coverage.Report) {
	j.Object(func(key []byte) {
		f := report.FileBytes(key)
		if j.Kind() == '[' {
			lines(j, f)
			return
		}
		j.Object(func(key []byte) { part(j, f, key) })
	})
}

func part(j *scan.JSON, f *coverage.File, key []byte) {
	switch string(key) {
	case "lines":
		lines(j, f)
	case "branches":
		if j.Kind() == '[' {
			listed(j, f)
			return
		}
		branches(j, f)
	}
}

// named reads a file that carries its name inside.
func named(j *scan.JSON, report *coverage.Report) {
	var f *coverage.File
	j.Object(func(key []byte) {
		switch string(key) {
		case "filename":
			f = report.File(j.String())
		case "coverage":
			if f == nil {
				j.Fail("a filename was expected before its coverage")
				return
			}
			if j.Kind() == '[' {
				lines(j, f)
				return
			}
			j.Object(func(key []byte) { part(j, f, key) })
		}
	})
}

// lines reads hits by line. null and "ignored" are not coverable.
func lines(j *scan.JSON, f *coverage.File) {
	j.Counts(func(i int, hits int64) { f.Hit(i+1, hits) })
}

// branches reads {"[:if, 0, 12, 4, 14, 7]": {"[:then, 1, 13, 6, 13, 11]": 1}}:
// conditions and their branches, each with a kind, an id and a place. A branch
// belongs to the line of its condition.
func branches(j *scan.JSON, f *coverage.File) {
	j.Object(func(key []byte) {
		line, ok := field(key, 2)
		if !ok {
			j.Fail("%q where a condition such as [:if, 0, 12, 4, 14, 7] was expected", key)
			return
		}
		j.Object(func(key []byte) {
			id, ok := field(key, 1)
			hits, counted := j.Count()
			if ok && counted {
				f.Branch(line, uint32(id), hits)
			}
		})
	})
}

// field is a number of a place such as [:if, 0, 12, 4, 14, 7].
func field(place []byte, n int) (int, bool) {
	fields := bytes.Split(bytes.Trim(place, "[] "), []byte{','})
	if n >= len(fields) {
		return 0, false
	}
	return scan.Int(bytes.TrimSpace(fields[n]))
}

// listed reads [{"type":"then","start_line":14,"end_line":14,"coverage":0}].
func listed(j *scan.JSON, f *coverage.File) {
	id := uint32(0)
	j.Array(func() {
		line, report := 0, 0
		var hits int64
		counted := false
		j.Object(func(key []byte) {
			switch string(key) {
			case "start_line":
				line, _ = j.Int()
			case "report_line":
				report, _ = j.Int()
			case "coverage":
				hits, counted = j.Count()
			}
		})
		if report > 0 {
			line = report
		}
		if counted && line > 0 {
			f.Branch(line, id, hits)
		}
		id++
	})
}
