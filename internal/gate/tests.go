package gate

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/testrun"
)

// tests judges the rules over results of tests.
func (j *judgement) tests() {
	r := j.rules.Tests
	if r.Failed != nil {
		j.fewTests("failed tests", testrun.Failed, *r.Failed)
	}
	if r.Flaky != nil {
		j.fewTests("flaky tests", testrun.Flaky, *r.Flaky)
	}
	if r.Slower != nil {
		j.slower(*r.Slower)
	}
}

// noTests returns why the tests cannot be judged, "" if they can. A run in which
// every test was skipped has none that failed, and says nothing.
func (j *judgement) noTests() string {
	switch f := j.facts.Tests; {
	case !f.Known():
		return f.reason("no --tests")
	case len(f.Value.Cases) == f.Value.Counts().Skipped:
		return "no test ran"
	}
	return ""
}

// fewTests judges how many tests ended in one way. A test that failed and passed
// when it was run again is flaky and not failed, as the tools report it.
func (j *judgement) fewTests(name string, o testrun.Outcome, t Threshold) {
	r := rule{name, "at most " + number(t.Value), t}
	if why := j.noTests(); why != "" {
		j.missing(r, why)
		return
	}
	var found sample
	for _, c := range j.facts.Tests.Value.Of(o) {
		found.add(c.Title)
	}
	j.judged(r, float64(found.n) <= t.Value, fmt.Sprint(found.n), found.String())
}

// slower judges the time of the tests that passed both now and before: new tests
// are no slowness, and one that failed may have ended early.
func (j *judgement) slower(t Threshold) {
	r := rule{"time of tests", "at most " + number(t.Value) + " % slower", t}
	if why := j.noTests(); why != "" {
		j.missing(r, why)
		return
	}
	if !j.facts.OldTests.Known() {
		j.missing(r, j.facts.OldTests.reason("no --tests-baseline to compare with"))
		return
	}
	p, n, ok := testrun.Slower(j.facts.Tests.Value, j.facts.OldTests.Value)
	if !ok {
		j.missing(r, "no test passed here and in the baseline, or their times are not told")
		return
	}
	actual := number(j.digits.Ceil(max(p, 0))) + " % slower"
	if p <= 0 {
		actual = number(j.digits.Floor(-p)) + " % faster"
	}
	j.judged(r, p <= t.Value+epsilon, actual, "of "+console.Count(n, "test")+" that passed in both runs")
}
