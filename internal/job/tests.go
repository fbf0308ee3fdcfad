package job

import (
	"context"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/gate"
	"github.com/gatewright/gatewright/internal/reports"
	"github.com/gatewright/gatewright/internal/summary"
	"github.com/gatewright/gatewright/internal/testrun"
)

// readTests reads the results of tests and puts them on the page.
func (j *Job) readTests(ctx context.Context) error {
	if len(j.Facts.Tests) == 0 {
		j.facts.Tests = gate.Missing[*testrun.Set]("no --tests", "")
		return nil
	}
	tree := j.tree()
	tree.Not = j.Facts.TestsBaseline
	set, err := reports.Tests(ctx, tree, j.Facts.Tests)
	if err != nil {
		return err
	}
	j.facts.Tests = gate.Known(set)
	if n := len(set.Empty); n > 0 && len(set.Cases) > 0 { // else the condition says that none ran
		j.note("No test in %s of test results, such as %s.", console.Count(n, "file"), set.Empty[0])
	}
	// The slowest are shown whatever the rules: they are where time can be won.
	j.page.Tests = &summary.Tests{Counts: set.Counts(), Failed: set.Of(testrun.Failed), Flaky: set.Of(testrun.Flaky), Slowest: set.Slowest(5)}
	// A baseline of ours holds the times of its run, and so no file need be named.
	if len(j.Facts.TestsBaseline) == 0 {
		switch b := j.facts.Baseline; {
		case j.old != nil && len(j.old.Tests) > 0:
			j.compareTests(set, &testrun.Set{Cases: j.old.Tests})
		case b.Known():
			j.facts.OldTests = gate.Missing[*testrun.Set]("no --tests-baseline, and the baseline has no times of tests", "")
		case b.Why != "":
			j.facts.OldTests = gate.Missing[*testrun.Set]("no --tests-baseline, and no baseline: "+b.Why, b.Hint)
		}
		return nil
	}
	// As on the first run: missing data, which only --max-slower minds.
	for _, p := range j.Facts.TestsBaseline {
		if reports.Lacks(j.Console, p) {
			j.facts.OldTests = gate.Missing[*testrun.Set]("the tests' baseline "+p+" does not exist", "")
			return nil
		}
	}
	old, err := reports.Tests(ctx, j.tree(), j.Facts.TestsBaseline)
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
