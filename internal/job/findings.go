package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/git"
)

// Findings are results of scanners to be read, and what distinguishes new ones from old.
type Findings struct {
	Console  *console.Console
	Repo     *git.Repo    // nil without a checkout
	Commit   string       // whose files the results' paths are matched to
	Change   *diff.Change // nil if it is not known
	Baseline []string     // results of an earlier run: paths or globs
}

// Read reads what patterns name, each file once, and sets each finding's age.
// missing says why the ages of some are not known.
func (f Findings) Read(ctx context.Context, patterns []string) (set finding.Set, missing []string, err error) {
	if set, err = f.files().read(ctx, patterns); err == nil {
		missing, err = f.age(ctx, &set)
	}
	return set, missing, err
}

func (f Findings) files() sarifReader {
	r := sarifReader{c: f.Console, repo: f.Repo, commit: f.Commit}
	if f.Change != nil {
		r.also = f.Change.Paths()
	}
	return r
}

// age marks each finding as new or old: by the baseline, else by what the
// scanner says itself, else by the changed lines. It returns why the baseline
// does not tell.
func (f Findings) age(ctx context.Context, set *finding.Set) (missing []string, err error) {
	if len(f.Baseline) > 0 {
		baseline, err := f.files().baseline(ctx, f.Baseline)
		if err != nil {
			return nil, err
		}
		baseline.Compare(set, f.renamed())
		return baseline.Missing, nil
	}
	if f.Change == nil || f.Change.Cut {
		return nil, nil
	}
	lines := map[string][]int{}
	for path, changed := range f.Change.Lines() {
		lines[path] = changed
	}
	set.MarkChanged(func(path string) ([]int, bool) {
		changed, ok := lines[path]
		return changed, ok
	})
	return nil, nil
}

func (f Findings) renamed() map[string]string {
	names := map[string]string{}
	if f.Change != nil {
		for _, file := range f.Change.Files {
			if file.Kind == diff.Renamed {
				names[file.Path] = file.OldPath
			}
		}
	}
	return names
}
