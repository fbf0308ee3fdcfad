// Package coveragetest is the suite that every format package must pass.
package coveragetest

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Parse reads a report.
type Parse func(io.Reader) (*coverage.Report, error)

// Read returns the report that a text is.
func Read(t *testing.T, parse Parse, text string) *coverage.Report {
	t.Helper()
	report, err := parse(strings.NewReader(text))
	if err != nil {
		t.Fatalf("%.200s: %v", text, err)
	}
	return report
}

// Fuzz feeds parse with variations of the samples, and of the reference reports
// in the named folders where those are at hand. Whatever comes in: no panic,
// covered never more than coverable, lines ascending from 1, and the same
// result whether lines end in \n or \r\n and however the bytes arrive.
func Fuzz(f *testing.F, parse Parse, folders []string, samples ...string) {
	f.Helper()
	for _, s := range samples {
		f.Add([]byte(s))
		if _, err := parse(strings.NewReader(s)); err != nil {
			f.Errorf("the sample is refused: %v", err)
		}
	}
	for _, data := range references(folders) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := parse(bytes.NewReader(data))
		slow, slowErr := parse(iotest.HalfReader(bytes.NewReader(data)))
		if (err == nil) != (slowErr == nil) {
			t.Fatalf("at once: %v; in halves: %v", err, slowErr)
		}
		if err != nil {
			return
		}
		check(t, report)
		if slow.Totals() != report.Totals() {
			t.Fatalf("at once: %v; in halves: %v", report.Totals(), slow.Totals())
		}
		if bytes.IndexByte(data, '\r') >= 0 {
			return
		}
		crlf, err := parse(bytes.NewReader(bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))))
		if err != nil {
			t.Fatalf("with \\r\\n: %v", err)
		}
		if crlf.Totals().Lines != report.Totals().Lines {
			t.Fatalf("with \\n: %v; with \\r\\n: %v", report.Totals(), crlf.Totals())
		}
	})
}

// references are the small reports in folders of the reference data.
func references(folders []string) (all [][]byte) {
	root := os.Getenv("GATEWRIGHT_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "..", "shared")
	}
	for _, folder := range folders {
		files, _ := filepath.Glob(filepath.Join(root, "fixtures", folder, "*"))
		for _, file := range files {
			if data, err := os.ReadFile(file); err == nil && len(data) < 8<<10 {
				all = append(all, data)
			}
		}
	}
	return all
}

func check(t *testing.T, report *coverage.Report) {
	t.Helper()
	for _, f := range report.Files() {
		last := 0
		for n, hits := range f.Lines() {
			if n <= last || hits < 0 {
				t.Fatalf("line %d with %d hits after line %d", n, hits, last)
			}
			last = n
		}
		last = 0
		for n, b := range f.Branches() {
			if n <= last || b.Covered < 0 || b.Covered > b.Total {
				t.Fatalf("branches %v of line %d after line %d", b, n, last)
			}
			last = n
		}
	}
	totals := report.Totals()
	if totals.Lines.Covered > totals.Lines.Coverable || totals.Branches.Covered > totals.Branches.Total ||
		totals.Statements.Covered > totals.Statements.Coverable {
		t.Fatalf("more covered than there is: %v", totals)
	}
}
