package gate

import (
	"fmt"
	"math"

	"github.com/gatewright/gatewright/internal/service"
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

// noTests returns why the tests cannot be judged, "" if they can.
func (j *judgement) noTests() string {
	switch f := j.facts.Tests; {
	case !f.Known():
		return f.reason("no --tests")
	case len(f.Value.Cases) == f.Value.Counts().Skipped:
		return "no test ran"
	}
	return ""
}

// fewTests judges how many tests ended in one way.
func (j *judgement) fewTests(name string, o testrun.Outcome, t Threshold) {
	wanted := "at most " + number(t.Value)
	if why := j.noTests(); why != "" {
		j.missing(name, wanted, why, t)
		return
	}
	var found sample
	for _, c := range j.facts.Tests.Value.Of(o) {
		found.add(c.Title)
	}
	j.add(service.Condition{Name: name, Actual: fmt.Sprint(found.n), Wanted: wanted, Result: met(float64(found.n) <= t.Value, t), Why: found.String()})
}

// slower judges the time of the tests that ran before, too.
func (j *judgement) slower(t Threshold) {
	const name = "time of tests"
	wanted := "at most " + number(t.Value) + " % slower"
	if why := j.noTests(); why != "" {
		j.missing(name, wanted, why, t)
		return
	}
	if !j.facts.OldTests.Known() {
		j.missing(name, wanted, j.facts.OldTests.reason("no --tests-baseline to compare with"), t)
		return
	}
	p, n, ok := testrun.Slower(j.facts.Tests.Value, j.facts.OldTests.Value)
	if !ok {
		j.missing(name, wanted, "no test passed here and in the baseline, or their times are not told", t)
		return
	}
	actual := number(math.Ceil(p*100-1e-7)/100) + " % slower"
	if p <= 0 {
		actual = number(math.Floor(-p*100+1e-7)/100) + " % faster"
	}
	j.add(service.Condition{Name: name, Actual: actual, Wanted: wanted, Result: met(p <= t.Value+epsilon, t), Why: fmt.Sprintf("of %d tests that passed in both runs", n)})
}
