package reports

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/service"
)

// Workspace returns the folder of the repository as far as it is known without
// asking git: the CI's, if the work is done in it, else the one that git would find,
// or that is worked in.
func Workspace(c *console.Console, workspace string) (string, error) {
	here, err := filepath.Abs(c.Path("."))
	if err != nil {
		return "", err
	}
	if rel, err := filepath.Rel(workspace, here); workspace != "" && err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(workspace), nil
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			return filepath.ToSlash(dir), nil
		}
		if dir == filepath.Dir(dir) {
			return filepath.ToSlash(here), nil
		}
	}
}

// maxLooked bounds how many paths of a report are looked for on the disk, and in how
// many folders: a report may name any number of either.
const maxLooked = 64

// rootOnDisk returns the folder of the checkout in which the relative paths of a
// report begin, as far as the disk shows: without git nothing else does. Those above
// the report and the working directory count, and what the report says itself. ""
// is the checkout, also where no file is found.
func rootOnDisk(c *console.Console, checkout string, file *service.ReportFile) string {
	var paths []string
	for _, f := range file.Report.Files() {
		if p := filepath.FromSlash(strings.ReplaceAll(f.Path, `\`, "/")); filepath.IsLocal(p) && len(paths) < maxLooked {
			paths = append(paths, p)
		}
	}
	files := func(dir string) (n int) {
		for _, p := range paths {
			if info, err := os.Lstat(filepath.Join(checkout, dir, p)); err == nil && info.Mode().IsRegular() {
				n++
			}
		}
		return n
	}
	best, most, left := "", files(""), maxLooked
	for _, from := range append([]string{".", filepath.Dir(file.Path)}, file.Report.Sources...) {
		dir, _ := filepath.Abs(c.Path(from)) // it fails only where the working directory is gone
		rel, err := filepath.Rel(checkout, dir)
		for ; err == nil && filepath.IsLocal(rel) && rel != "." && left > 0; left-- {
			if n := files(rel); n > most {
				best, most = rel, n
			}
			rel = filepath.Dir(rel)
		}
	}
	// In a folder of checkouts, paths begin where the checkout does.
	marked := func(dir string) bool {
		_, err := os.Lstat(filepath.Join(checkout, dir, ".git"))
		return err == nil
	}
	for at := best; at != "" && at != "." && !marked(""); at = filepath.Dir(at) {
		if marked(at) {
			best = strings.TrimPrefix(best[len(at):], string(filepath.Separator))
			break
		}
	}
	return filepath.ToSlash(best)
}

// all books a report, or each of an archive by itself, as if it lay unpacked in the
// user's folder: two packages may call their files alike.
func (book booking) all(file *service.ReportFile) (matches []match.Match, first *unclear) {
	if len(file.Report.Entries) == 0 {
		matches = book(file)
		return matches, unclearOf(file.Path, file.Report, matches)
	}
	var reads []formats.Read
	for _, e := range file.Report.Entries {
		entry := service.ReportFile{Path: e.Path, Format: e.Format, Report: e.Report}
		own := book(&entry)
		matches = append(matches, own...)
		if first == nil {
			first = unclearOf(file.Path+", "+e.Path, entry.Report, own)
		}
		reads = append(reads, formats.Read{Format: e.Format, Report: entry.Report})
	}
	file.Report = formats.Union(reads)
	file.Report.Settle()
	return matches, first
}

// unclear is a path that may be of the commit, of a report of which none is known to be.
type unclear struct {
	report string
	path   match.Match
}

func unclearOf(name string, r *coverage.Report, matches []match.Match) *unclear {
	if at := slices.IndexFunc(matches, match.Match.Unclear); at >= 0 && r.Len() == 0 {
		return &unclear{name, matches[at]} // without the memory of the others
	}
	return nil
}
