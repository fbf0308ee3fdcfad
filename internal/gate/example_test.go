package gate_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/gate"
)

// What is not known is never fine: a rule over it fails, with the reason.
func ExampleJudge() {
	report := coverage.New()
	for line := 1; line <= 10; line++ {
		report.File("a.go").Hit(line, int64(line%2))
	}
	rules := gate.Rules{Total: &gate.Threshold{Value: 40}, Patch: &gate.Threshold{Value: 80}}
	verdict := gate.Judge(rules, gate.Facts{
		Report: gate.Known(report),
		Patch:  gate.Missing[*coverage.Patch]("the checkout is shallow", ""),
	})
	for _, c := range verdict.Conditions {
		fmt.Printf("%s %s %q\n", c.Name, c.Result, c.Why)
	}
	fmt.Println(verdict.Outcome)
	// Output:
	// total coverage PASSED ""
	// patch coverage FAILED "the checkout is shallow"
	// FAILED
}
