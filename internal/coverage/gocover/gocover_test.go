package gocover

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/tools/cover"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/reference"
)

// TestLikeTools compares the statements of real profiles with the Go team's own
// reader, which is what `go tool cover -func` counts by, and the lines with a
// plain walk over its blocks.
func TestLikeTools(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(reference.Path(t, "fixtures/gocover"), "*"))
	if err != nil || len(files) < 10 {
		t.Fatal(files, err)
	}
	compared := 0
	for _, file := range files {
		profiles, err := cover.ParseProfiles(file)
		if err != nil {
			continue // without a mode line, which we accept
		}
		compared++
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		report, err := Parse(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		var want coverage.Count
		for _, p := range profiles {
			lines := map[int]bool{}
			for _, b := range p.Blocks {
				if b.NumStmt == 0 {
					continue // nothing to cover, as an empty function
				}
				want.Coverable += b.NumStmt
				if b.Count > 0 {
					want.Covered += b.NumStmt
				}
				for n := b.StartLine; n <= b.EndLine; n++ {
					lines[n] = lines[n] || b.Count > 0
				}
			}
			f := report.Lookup(p.FileName)
			if f == nil {
				t.Errorf("%s: no file %s", file, p.FileName)
				continue
			}
			for n, covered := range lines {
				if hits, ok := f.Line(n); !ok || hits > 0 != covered {
					t.Errorf("%s:%d: %d hits, coverable %t; want covered %t", p.FileName, n, hits, ok, covered)
				}
			}
			if f.NumLines() != len(lines) {
				t.Errorf("%s: %d lines, want %d", p.FileName, f.NumLines(), len(lines))
			}
		}
		if got := report.Totals().Statements; got != want {
			t.Errorf("%s: statements %v, go tool cover has %v", filepath.Base(file), got, want)
		}
	}
	t.Logf("%d profiles alike", compared)
}
