package reports

import (
	"context"
	"maps"

	"github.com/gatewright/gatewright/internal/diff"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/finding"
)

// Findings are results of scanners to be read, and what distinguishes new ones
// from old. Their paths are matched to the commit's files as those of coverage are.
type Findings struct {
	Commit                // whose files the results' paths are matched to
	Change   *diff.Change // nil if it is not known
	Baseline []string     // results of an earlier run: paths or globs
}

// Read reads what patterns name, each file once, and sets each finding's age.
// missing says why the ages of some are not known.
func (f Findings) Read(ctx context.Context, patterns []string) (set finding.Set, missing []string, err error) {
	if set, err = f.Parse(ctx, patterns); err == nil {
		missing, err = f.Age(ctx, &set)
	}
	return set, missing, err
}

// Parse reads what patterns name, without ages.
func (f Findings) Parse(ctx context.Context, patterns []string) (finding.Set, error) {
	var all finding.Set
	f.Not = f.Baseline
	err := f.each(ctx, patterns, func(r result) error {
		set, err := finding.ParseSARIF(r.file, r.name, finding.Options{Tree: r.tree, Match: r.match})
		all.AddOther(set)
		return err
	})
	return all, err
}

// baseline reads results of an earlier run. A file that is not there is missing
// data, as on the first run.
func (f Findings) baseline(ctx context.Context) (*finding.Baseline, error) {
	all := new(finding.Baseline)
	var there []string
	for _, p := range f.Baseline {
		if Lacks(f.Console, p) {
			all.Missing = append(all.Missing, "the findings' baseline "+p+" does not exist")
		} else {
			there = append(there, p)
		}
	}
	return all, f.each(ctx, there, func(r result) error {
		return all.Read(r.file, r.name, finding.Options{Tree: r.tree, Match: r.match})
	})
}

// each opens the logs. One without a byte is a scanner that failed before it
// wrote, never one that found nothing.
func (f Findings) each(ctx context.Context, patterns []string, read func(result) error) error {
	if f.Change != nil {
		f.Also = f.Change.Paths()
	}
	return f.Commit.each(ctx, "findings", patterns, func(r result) error {
		if info, err := r.file.Stat(); err == nil && info.Mode().IsRegular() && info.Size() == 0 {
			return fault.Errorf(fault.Input, "findings: %s is empty: the scanner wrote nothing", r.name)
		}
		return read(r)
	})
}

// Age marks each finding as new or old: by the baseline, else by what the
// scanner says itself, else by the changed lines. It returns why the baseline
// does not tell.
func (f Findings) Age(ctx context.Context, set *finding.Set) (missing []string, err error) {
	if len(f.Baseline) > 0 {
		baseline, err := f.baseline(ctx)
		if err != nil {
			return nil, err
		}
		// A file that was renamed brings its old findings with it.
		baseline.Compare(set, f.renamed())
		return baseline.Missing, nil
	}
	// Half a change would make findings on its other lines look old.
	if f.Change == nil || f.Change.Cut {
		return nil, nil
	}
	set.MarkChanged(maps.Collect(f.Change.Lines()))
	return nil, nil
}

// renamed are the old names of files by their new ones.
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
