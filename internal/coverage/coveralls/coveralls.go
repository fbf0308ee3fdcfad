// Package coveralls reads the JSON that the Coveralls API takes, as excoveralls
// and others write it.
package coveralls

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins such JSON.
func Sniff(head []byte) bool {
	return scan.Has(head, "source_files")
}

// Parse reads {"source_files":[{"name":…,"coverage":[null,1,0],"branches":[…]}]}.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		if string(key) == "source_files" {
			j.Array(func() { file(j, report) })
		}
	})
	return report, j.End()
}

// file reads one file. Its name may come after its lines.
func file(j *scan.JSON, report *coverage.Report) {
	f := report.Unnamed()
	var branches []int64
	j.Object(func(key []byte) {
		switch string(key) {
		case "name":
			f = report.Name(f, j.String())
		case "coverage":
			j.Counts("", func(i int, hits int64) { f.Hit(i+1, hits) })
		case "branches":
			j.Array(func() {
				n, _ := j.Count()
				branches = append(branches, n)
			})
		}
	})
	if !report.Named(f) {
		j.Fail("a source file without a name")
		return
	}
	// Four numbers for each: line, block, branch, hits.
	for ; len(branches) >= 4; branches = branches[4:] {
		f.Branch(int(branches[0]), uint32(branches[1])<<16|uint32(branches[2])&0xffff, branches[3])
	}
}
