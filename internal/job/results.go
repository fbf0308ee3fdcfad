package job

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage/formats"
	"github.com/gatewright/gatewright/internal/coverage/match"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/input"
	"github.com/gatewright/gatewright/internal/summary"
	"github.com/gatewright/gatewright/internal/testrun"
)

// result is an open file of results that a tool wrote, and how the paths in it
// are matched.
type result struct {
	file  *os.File
	name  string      // as the user would write it
	tree  *match.Tree // nil without a commit
	match match.Options
}

// each opens what patterns name, one file after the other, each once. what
// stands for them in errors.
func (t commitTree) each(ctx context.Context, what string, patterns []string, read func(result) error) error {
	names, err := globFiles(t.console, patterns)
	if err != nil || len(names) == 0 {
		return err
	}
	index, err := t.index(ctx)
	if err != nil {
		return err
	}
	for _, name := range names {
		path := t.console.Path(name)
		f, err := input.Open(path)
		if err != nil {
			return fault.Errorf(fault.Input, "%s: %w", what, err)
		}
		r := result{file: f, name: name, match: match.Options{Checkout: filepath.ToSlash(t.console.Path("."))}}
		if index != nil {
			r.tree, r.match = index.Tree, index.Options(match.Options{Location: index.Location(path)})
		}
		err = read(r)
		_ = f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

const globbing = "*?[{"

// lacks reports whether a path, which is no glob, names a file that is not there.
func lacks(c *console.Console, path string) bool {
	_, err := os.Stat(c.Path(path))
	return errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(path, globbing)
}

// globFiles returns the files that patterns name, each once, without those that
// patterns after a "!" name. A pattern that names none is an error: what it was
// meant to find was not looked at.
func globFiles(c *console.Console, patterns []string) ([]string, error) {
	wanted, unwanted, err := formats.Except(c.Path("."), patterns)
	if err != nil {
		return nil, err
	}
	var out []string
	seen := map[string]bool{}
	for _, p := range wanted {
		found := []string{p}
		if strings.ContainsAny(p, globbing) {
			if found, err = doublestar.FilepathGlob(c.Path(p), doublestar.WithFilesOnly()); err != nil {
				return nil, fault.Errorf(fault.Input, "%s: %w", p, err)
			}
			if len(found) == 0 {
				return nil, fault.Errorf(fault.Input, "no file matches %s", p)
			}
		}
		for _, name := range found {
			if full := filepath.Clean(c.Path(name)); !seen[full] && !unwanted(full) {
				out = append(out, name)
				seen[full] = true
			}
		}
	}
	if len(out) == 0 && len(patterns) > 0 {
		return nil, fault.Errorf(fault.Input, "no file is left of %s", strings.Join(patterns, " "))
	}
	return out, nil
}

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
		if lacks(j.Console, p) {
			j.facts.OldTests = gate.Missing[*testrun.Set]("the tests' baseline "+p+" does not exist", "")
			return nil
		}
	}
	old, err := j.junit(ctx, j.Facts.TestsBaseline)
	if err == nil {
		j.compareTests(set, old)
	}
	return err
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
	all := new(testrun.Set)
	err := commitTree{console: j.Console, repo: j.repo, commit: j.run.Tree()}.each(ctx, "tests", patterns, func(r result) error {
		var set testrun.Set
		if err := set.ReadJUnit(r.file, r.name); err != nil {
			return err
		}
		paths := make([]string, len(set.Cases))
		for i, c := range set.Cases {
			paths[i] = c.File
		}
		for i, m := range r.tree.Paths(paths, r.match) {
			set.Cases[i].File = m.Path
		}
		all.Cases = append(all.Cases, set.Cases...)
		return nil
	})
	return all, err
}
