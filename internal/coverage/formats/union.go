package formats

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Union merges reports of the same files, in an order of its own. What the
// branches of a line are called differs from format to format: of formats that
// name them differently the richest names those of a file, and the others add
// their numbers alone. It may return one of the reports itself.
func Union(reads []Read) *coverage.Report {
	if len(reads) == 1 {
		return reads[0].Report
	}
	reads = slices.Clone(reads)
	sort.Slice(reads, func(i, j int) bool {
		a, b := reads[i].Format, reads[j].Format
		return cmp.Or(richness(a)-richness(b), strings.Compare(a, b)) < 0
	})
	all := coverage.New()
	namers := map[string]string{} // files and what the branches of each are named by
	for _, r := range reads {
		by := namer(r.Format)
		all.Merge(r.Report.Numbered(func(f *coverage.File) bool {
			first, known := namers[f.Path]
			if !known {
				namers[f.Path] = by
			}
			return known && first != by
		}))
	}
	return all
}

// namer returns what a format names the branches of a line by. Several number
// them as compilers do.
func namer(format string) string {
	switch format {
	case "gcov", "gcov-intermediate", "gcov-json", "fastcov", "coveralls":
		return "lcov"
	}
	return format
}
