// Package codecov reads Codecov's own JSON, which cargo-llvm-cov and others
// write.
package codecov

import (
	"bytes"
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff tells whether head begins Codecov's JSON: files, whose lines are keys.
func Sniff(head []byte) bool {
	j := scan.NewJSON(bytes.NewReader(head))
	if j.Kind() != '{' {
		return false
	}
	found, first := false, true
	j.Object(func(key []byte) {
		if !first || string(key) != "coverage" {
			first = false
			return
		}
		first = false
		any := false
		j.Object(func([]byte) {
			if any {
				return
			}
			any = true
			j.Object(func(key []byte) {
				_, isLine := scan.Int(key)
				found = isLine
			})
		})
	})
	return found
}

// Parse reads {"coverage":{file:{"1":2,"2":"1/2","3":null}}}: hits of a line,
// or how many of its branches (or regions) ran of how many. A line of which
// some ran is covered, with as many hits as ran.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		if string(key) == "coverage" {
			j.Object(func(key []byte) { file(j, report.FileBytes(key)) })
		}
	})
	return report, j.End()
}

func file(j *scan.JSON, f *coverage.File) {
	j.Object(func(key []byte) {
		n, ok := scan.Int(key)
		if !ok {
			j.Fail("%q where a line number was expected", key)
			return
		}
		if j.Kind() != '"' {
			if hits, ok := j.Count(); ok {
				f.Hit(n, hits)
			}
			return
		}
		text, _ := j.Bytes()
		part, whole, _ := bytes.Cut(text, []byte{'/'})
		ran, ok := scan.Count(part)
		of, ok2 := scan.Int(whole)
		if !ok || !ok2 {
			j.Fail("%q where covered/total was expected", text)
			return
		}
		f.Hit(n, ran)
		if of > 1 {
			f.SetBranches(n, coverage.Branches{Covered: int(ran), Total: of})
		}
	})
}
