package summary

import (
	"cmp"
	"fmt"
	"io"

	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// JUnit writes the conditions of a page as test cases, so that a CI shows a
// failed gate where it shows failed tests. A page that was not judged has none.
// What is not known is failed, as the run is; a warning, for which JUnit has no word,
// is skipped.
func JUnit(w io.Writer, p Page) error {
	suite := testrun.Suite{Name: Plain(p.title(), 200)}
	red := 0
	add := func(class string, conditions ...service.Condition) {
		for _, c := range conditions {
			tc := testrun.Written{Class: Plain(class, 200), Name: cmp.Or(Plain(c.Name, 200), "condition")}
			switch {
			case p.Red() && (c.Result == service.Failed || c.Result == service.Unknown):
				red++
				tc.Failure = &testrun.Failure{Message: Plain(fmt.Sprintf("%s, wanted %s %s", c.Actual, c.Wanted, c.Why), 400)}
			case c.Result == service.Passed:
			default:
				tc.Skipped = &testrun.Skip{}
			}
			suite.Add(tc)
		}
	}
	add("rules", p.Rules...)
	for _, v := range p.Services {
		add(v.Service, v.All()...)
	}
	if p.Outcome == service.Unknown && red == 0 { // who was to be asked has not answered
		add("gatewright", service.Condition{Name: "verdict", Actual: "unknown", Wanted: "passed", Result: p.Outcome})
	}
	return testrun.WriteJUnit(w, []testrun.Suite{suite})
}
