// Package coveralls reads the JSON that the Coveralls API takes, as excoveralls
// and others write it.
package coveralls

import (
	"io"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/scan"
)

// Sniff reports whether head begins such JSON.
func Sniff(head []byte) bool { return scan.Has(head, "source_files") }

// Parse reads {"source_files":[{"name":…,"coverage":[null,1,0],"branches":[…]}],"git":{"head":{"id":…}}}.
func Parse(r io.Reader) (*coverage.Report, error) {
	report := coverage.New()
	j := scan.NewJSON(r)
	j.Object(func(key []byte) {
		switch string(key) {
		case "source_files":
			j.Array(func() { file(j, report) })
		case "git":
			j.Member("head", func() { j.Member("id", func() { report.Commits = append(report.Commits, j.String()) }) })
		}
	})
	return report, j.End()
}

// file reads one file.
func file(j *scan.JSON, report *coverage.Report) {
	report.Entry(j, "name", "coverage", func(f *coverage.File, key []byte) {
		switch string(key) {
		case "coverage":
			j.Counts("", func(i int, hits int64) { f.Hit(i+1, hits) })
		case "branches":
			branches(j, f)
		}
	})
}

// branches reads four numbers for each: line, block, branch, hits.
func branches(j *scan.JSON, f *coverage.File) {
	var four [4]int64
	n := 0
	j.Array(func() {
		if four[n], _ = j.Count(); n == 3 {
			f.Branch(int(four[0]), uint32(four[1])<<16|uint32(four[2])&0xffff, four[3])
		}
		n = (n + 1) % 4
	})
}
