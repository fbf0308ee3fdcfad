// Package simplecov reads SimpleCov's .resultset.json and the coverage.json of
// its JSON formatters.
package simplecov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins a .resultset.json: names of test commands,
// each with its coverage.
func Sniff(head []byte) bool {
	return (scan.Has(head, "*/coverage/*") || scan.Has(head, "*/coverage") && scan.Has(head, "*/timestamp")) &&
		!scan.Has(head, "*/coverage/*/statementMap")
}

// SniffFormatter reports whether head begins the coverage.json of a formatter.
func SniffFormatter(head []byte) bool {
	return scan.Has(head, "meta/simplecov_version", "coverage/*/lines", "files/[]/coverage") ||
		scan.Has(head, "meta") && scan.Has(head, "coverage") || scan.Has(head, "command_name") && scan.Has(head, "files")
}

// Parse reads a .resultset.json. The results of the commands of a run add up.
func Parse(r io.Reader) (*coverage.Report, error) {
	j := scan.NewJSON(r)
	var all hours
	j.Object(func([]byte) {
		one, at := coverage.New(), int64(0)
		j.Object(func(key []byte) {
			switch string(key) {
			case "coverage":
				files(j, one)
			case "timestamp":
				if j.Kind() == '0' {
					at, _ = j.Count()
				}
			}
		})
		all.add(one, at)
	})
	return guess(all.report()), j.End()
}

// guess marks the files that were never loaded, but listed (track_files, cover): of
// one that was a line ran. SimpleCov cannot tell all of their code from the rest.
func guess(report *coverage.Report) *coverage.Report {
	for _, f := range report.Files() {
		if f.Totals().Lines.Covered == 0 {
			f.Guess()
		}
	}
	return report
}

// ParseFormatter reads the coverage.json of a formatter.
func ParseFormatter(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		switch string(key) {
		case "meta":
			j.Object(func(key []byte) {
				switch string(key) {
				case "root": // since 1.0 files are relative to it
					report.Sources = append(report.Sources, j.String())
				case "commit":
					report.Commits = append(report.Commits, j.String())
				}
			})
		case "coverage":
			files(j, report)
		case "files": // the older gem: simplecov-json
			j.Array(func() {
				report.Entry(j, "filename", "coverage", func(f *coverage.File, key []byte) {
					if string(key) == "coverage" {
						file(j, f)
					}
				})
			})
		case "metrics", "total":
			state(j, report, string(key))
		}
	})
	return guess(report), j.End()
}

// state keeps the totals: {"covered_lines":2,"total_lines":3} of the older gem,
// {"lines":{"covered":2,"total":3},"branches":{…}} of the newer.
func state(j *scan.JSON, report *coverage.Report, as string) {
	whole := coverage.Total(as+".covered_lines, total_lines", coverage.UnitLines)
	j.Object(func(key []byte) {
		switch string(key) {
		case "covered_lines":
			whole.Covered, _ = j.Int()
		case "total_lines":
			whole.Coverable, _ = j.Int()
		case "lines", "branches":
			s := coverage.Total(as+"."+string(key), coverage.Unit(key))
			j.Ints(scan.Field{Key: "covered", Into: &s.Covered}, scan.Field{Key: "total", Into: &s.Coverable})
			report.State(s)
		}
	})
	report.State(whole)
}

// files reads an object of files.
func files(j *scan.JSON, report *coverage.Report) {
	j.Object(func(key []byte) {
		f := report.FileBytes(key)
		file(j, f)
	})
}

// file reads an array of lines, or an object with one.
func file(j *scan.JSON, f *coverage.File) {
	if j.Kind() == '[' {
		lines(j, f.Hit)
		return
	}
	j.Object(func(key []byte) {
		switch {
		case string(key) == "lines":
			lines(j, f.Hit)
		case string(key) != "branches":
		case j.Kind() == '[':
			listed(j, f)
		default:
			branches(j, f)
		}
	})
}

// lines reads hits by line. null and "ignored" are not coverable.
func lines(j *scan.JSON, hit func(line int, hits int64)) {
	j.Counts("ignored", func(i int, hits int64) { hit(i+1, hits) })
}

// branches reads {"[:if, 0, 12, 4, 14, 7]": {"[:then, 1, 13, 6, 13, 11]": 1}}:
// conditions and their branches, each with a kind, an id and a place. A branch
// belongs to the line of its condition. The ids count anew in every run of the
// tests; branches differ by kind and place.
func branches(j *scan.JSON, f *coverage.File) {
	j.Object(func(key []byte) {
		line, ok := field(key, 2)
		if !ok {
			j.Fail("%q where a condition such as [:if, 0, 12, 4, 14, 7] was expected", key)
			return
		}
		condition := place(0, key)
		j.Object(func(key []byte) {
			if _, ok := field(key, 1); !ok {
				j.Fail("%q where a branch such as [:then, 1, 13, 6, 13, 11] was expected", key)
				return
			}
			id := place(condition, key)
			if hits, ok := j.Count(); ok {
				f.Branch(line, id, hits)
			}
		})
	})
}

// place folds everything but the id of [:then, 1, 13, 6, 13, 11] into a number.
func place(seed uint32, key []byte) uint32 {
	for i, part := range bytes.Split(bytes.Trim(key, "[] "), []byte{','}) {
		if i == 1 {
			continue
		}
		seed = coverage.Hash(coverage.Hash(seed, bytes.TrimSpace(part)), []byte{','})
	}
	return seed
}

// field is a number of a place such as [:if, 0, 12, 4, 14, 7].
func field(place []byte, n int) (int, bool) {
	for part := range bytes.SplitSeq(bytes.Trim(place, "[] "), []byte{','}) {
		if n--; n < 0 {
			return scan.Int(bytes.TrimSpace(part))
		}
	}
	return 0, false
}

// listed reads [{"type":"then","start_line":14,"end_line":14,"coverage":0}].
// Branches alike in kind and lines are told apart by their order. One that :nocov:
// takes out has "ignored" for a count.
func listed(j *scan.JSON, f *coverage.File) {
	alike := map[uint32]uint32{}
	j.Array(func() {
		line, end, report, id := 0, 0, 0, uint32(0)
		var hits int64
		counted := false
		j.Object(func(key []byte) {
			switch string(key) {
			case "type":
				kind, _ := j.Bytes()
				id = place(0, kind)
			case "start_line":
				line, _ = j.Int()
			case "end_line":
				end, _ = j.Int()
			case "report_line":
				report, _ = j.Int()
			case "coverage":
				if j.Kind() != '"' {
					hits, counted = j.Count()
				} else if word := j.String(); word != "ignored" {
					j.Fail("%q where a number or %q was expected", word, "ignored")
				}
			}
		})
		id += uint32(line)*2654435761 + uint32(end)*2246822519
		if report > 0 {
			line = report
		}
		if counted && line > 0 {
			f.Branch(line, id+alike[id]*coverage.Step, hits)
			alike[id]++
		}
	})
}
