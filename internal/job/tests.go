package job

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/summary"
	"github.com/gatewright/gatewright/internal/testrun"
)

// readTests reads the results of tests and puts them on the page.
func (j *Job) readTests(ctx context.Context) error {
	if len(j.Facts.Tests) == 0 {
		j.facts.Tests = gate.Missing[*testrun.Set]("no --tests", "")
		return nil
	}
	set, err := j.junit(ctx, j.Facts.Tests)
	if err != nil {
		return err
	}
	j.facts.Tests = gate.Known(set)
	j.page.Tests = &summary.Tests{Counts: set.Counts(), Failed: set.Of(testrun.Failed), Flaky: set.Of(testrun.Flaky), Slowest: set.Slowest(5)}
	if len(j.Facts.TestsBaseline) == 0 {
		if j.old != nil && len(j.old.Tests) > 0 {
			j.compareTests(set, &testrun.Set{Cases: j.old.Tests})
		}
		return nil
	}
	for _, p := range j.Facts.TestsBaseline {
		if _, err := os.Stat(j.Console.Path(p)); !strings.ContainsAny(p, globbing) && errors.Is(err, fs.ErrNotExist) {
			j.facts.OldTests = gate.Missing[*testrun.Set]("the tests' baseline "+p+" does not exist", "")
			return nil
		}
	}
	old, err := j.junit(ctx, j.Facts.TestsBaseline)
	if err != nil {
		return err
	}
	j.compareTests(set, old)
	return nil
}

func (j *Job) compareTests(now, old *testrun.Set) {
	j.facts.OldTests = gate.Known(old)
	if percent, _, ok := testrun.Slower(now, old); ok {
		j.page.Tests.Slower = &percent
	}
}

// junit reads what patterns name, each file once. Files of tests are matched to
// those of the commit; where none is meant, a test keeps none.
func (j *Job) junit(ctx context.Context, patterns []string) (*testrun.Set, error) {
	names, err := globFiles(j.Console, patterns)
	if err != nil {
		return nil, err
	}
	index, err := commitTree{console: j.Console, repo: j.repo, commit: j.run.Tree()}.index(ctx)
	if err != nil {
		return nil, err
	}
	all := new(testrun.Set)
	for _, name := range names {
		file := j.Console.Path(name)
		f, err := input.Open(file)
		if err != nil {
			return nil, fault.Errorf(fault.Input, "tests: %w", err)
		}
		var set testrun.Set
		err = set.ReadJUnit(f, name)
		_ = f.Close()
		if err != nil {
			return nil, err
		}
		o, tree := match.Options{Checkout: filepath.ToSlash(j.Console.Path("."))}, (*match.Tree)(nil)
		if index != nil {
			o, tree = index.Options(match.Options{Location: index.Location(file)}), index.Tree
		}
		paths := make([]string, len(set.Cases))
		for i, c := range set.Cases {
			paths[i] = c.File
		}
		for i, m := range tree.Paths(paths, o) {
			set.Cases[i].File = m.Path
		}
		all.Cases = append(all.Cases, set.Cases...)
	}
	return all, nil
}
