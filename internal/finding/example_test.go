package finding_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/service"
)

// A finding that moved with its line is not new; one that the baseline does not
// have is.
func ExampleBaseline_Compare() {
	var baseline finding.Baseline
	baseline.Add(service.Finding{Tool: "lint", Rule: "unused", Path: "a.go", Line: 10, Message: "x is unused"})
	now := finding.Set{Findings: []service.Finding{
		{Tool: "lint", Rule: "unused", Path: "a.go", Line: 12, Message: "x is unused"},
		{Tool: "lint", Rule: "unused", Path: "a.go", Line: 40, Message: "y is unused"},
	}}
	baseline.Compare(&now, nil)
	for _, f := range now.Findings {
		fmt.Println(f.Message, f.Age)
	}
	// Output:
	// x is unused old
	// y is unused new
}
