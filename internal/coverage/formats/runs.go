package formats

import (
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/match"
)

// Read is a report that has been read.
type Read struct {
	Format string
	Report *coverage.Report
	// Apart says that the report states totals which its records do not come to, as
	// where they are not all that the tool knew.
	Apart bool
}

// SameRuns finds reports that say the same as another one in another format:
// test tools write one run in several, and its hits must not count twice. It
// returns which to leave out, and for each the richer one that has all of it.
// Names decide nothing; the same files, and which of their lines ran, do. Matched
// reports have the paths of a commit, where two paths are two files.
func SameRuns(reports []Read, matched bool) map[int]int {
	if !slices.ContainsFunc(reports, func(r Read) bool { return r.Format != reports[0].Format }) {
		return nil
	}
	order := make([]int, len(reports))
	for i := range order {
		order[i] = i
	}
	rank := make([]int, len(reports))
	for i, r := range reports {
		rank[i] = richness(r.Format)
		// The tool counted by something else, and what it wrote so in another format is
		// what it counted.
		if r.Apart {
			rank[i] += poorest
		}
		// LCOV has no branches where geninfo was not asked for them.
		if r.Report.Totals().Branches.Total == 0 {
			rank[i] += 2 * poorest
		}
	}
	sort.SliceStable(order, func(i, j int) bool { return rank[order[i]] < rank[order[j]] })
	skip := map[int]int{}
	// Reports that are kept, by the base names of their files.
	having := map[string][]int{}
	for _, i := range order {
		files := withLines(reports[i].Report)
		if len(files) == 0 {
			continue
		}
		like := having[path.Base(slashed(files[0].Path))]
		at := slices.IndexFunc(like, func(j int) bool {
			return reports[j].Format != reports[i].Format && says(reports[j].Report, files, matched)
		})
		if at >= 0 {
			skip[i] = like[at]
			continue
		}
		for _, f := range files {
			name := path.Base(slashed(f.Path))
			if all := having[name]; len(all) == 0 || all[len(all)-1] != i {
				having[name] = append(all, i)
			}
		}
	}
	return skip
}

// poorest is above the rank of any format.
const poorest = 1 << 12

// richness orders formats by how much they say of a run, the most first: what
// the tool itself keeps, then what has each branch, then numbers of branches.
func richness(format string) int {
	if format == "phpunit" {
		return 4 * poorest // it lacks the lines that did not run
	}
	i := slices.Index([]string{
		"istanbul", "go", "jacoco", "simplecov", "coverage.py", "opencover", "xccov", "llvm-cov", "gcov-json", "fastcov",
		"lcov", "simplecov-json", "cobertura", "visualstudio", "clover", "sonar", "coveralls", "codecov",
	}, format)
	if i < 0 {
		return 1 << 10
	}
	return i
}

func withLines(r *coverage.Report) []*coverage.File {
	return slices.DeleteFunc(r.Files(), func(f *coverage.File) bool { return f.NumLines() == 0 })
}

// says reports whether a report has all that these files of another one say.
func says(r *coverage.Report, files []*coverage.File, matched bool) bool {
	twin := twins(r, files, matched)
	common, alone, never := 0, 0, 0
	for i, f := range files {
		if twin[i] == nil {
			return false
		}
		for line, hits := range f.Lines() {
			theirs, known := twin[i].Line(line)
			switch {
			case !known && hits > 0:
				alone++
			case !known:
				never++
			case (theirs > 0) != (hits > 0):
				return false
			default:
				common++
			}
		}
	}
	// Formats differ in whether the head of a function is a line.
	return common > 0 && alone <= common/2 && never <= common
}

// twins returns for each file the one that it is in a report, nil if it has
// none. Where their paths differ, as of one report that has them absolute, and were
// not matched, they are matched as those of a commit are.
func twins(r *coverage.Report, files []*coverage.File, matched bool) []*coverage.File {
	twin := make([]*coverage.File, len(files))
	paths := make([]string, len(files))
	for i, f := range files {
		twin[i], paths[i] = r.Lookup(f.Path), slashed(f.Path)
	}
	if matched || !slices.Contains(twin, nil) {
		return twin
	}
	known := map[string]*coverage.File{}
	var names []string
	for _, f := range r.Files() {
		name := slashed(f.Path)
		known[name] = f
		names = append(names, name)
	}
	for i, m := range match.NewTree(names).Paths(paths, match.Options{}) {
		twin[i] = known[m.Path]
	}
	return twin
}

// slashed is a path with slashes, as path takes it.
func slashed(p string) string { return strings.ReplaceAll(p, `\`, "/") }
