package gcov

import (
	"bytes"
	"io"
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// SniffJSON tells whether head begins gcov's JSON (gcov --json-format) or
// gcovr's (gcovr --json).
func SniffJSON(head []byte) bool {
	keys, ok := scan.Keys(head)
	if !ok || len(keys) == 0 {
		return false
	}
	return slices.Contains(keys, "gcovr/format_version") || slices.Contains(keys, "gcc_version") ||
		slices.Contains(keys, "files") && bytes.Contains(head, []byte(`"line_number"`))
}

// ParseJSON reads gcov's or gcovr's JSON. Lines that come several times, once
// for each instance of a function, add up. Lines that gcovr was told to leave
// out are left out.
func ParseJSON(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	for j.More() {
		j.Object(func(key []byte) {
			switch string(key) {
			case "files":
				j.Array(func() { file(j, report) })
			case "gcovr/summary_format_version":
				j.Fail("gcovr's summary, which has no lines; expected the output of gcovr --json")
			}
		})
	}
	return report, j.End()
}

func file(j *scan.JSON, report *coverage.Report) {
	var f *coverage.File
	j.Object(func(key []byte) {
		switch string(key) {
		case "file":
			f = report.File(j.String())
		case "lines":
			if f == nil {
				j.Fail("a file's name was expected before its lines")
				return
			}
			j.Array(func() { line(j, f) })
		}
	})
}

func line(j *scan.JSON, f *coverage.File) {
	n, hits, excluded := 0, int64(0), false
	var taken []int64
	j.Object(func(key []byte) {
		switch string(key) {
		case "line_number":
			n, _ = j.Int()
		case "count":
			hits, _ = j.Count()
		case "gcovr/noncode", "gcovr/excluded":
			excluded = excluded || j.Bool()
		case "branches":
			j.Array(func() {
				count, skip := int64(0), false
				j.Object(func(key []byte) {
					switch string(key) {
					case "count":
						count, _ = j.Count()
					case "gcovr/excluded":
						skip = j.Bool()
					}
				})
				if !skip {
					taken = append(taken, count)
				}
			})
		}
	})
	if excluded {
		return
	}
	f.Hit(n, hits)
	for i, count := range taken {
		f.Branch(n, uint32(i), count)
	}
}
