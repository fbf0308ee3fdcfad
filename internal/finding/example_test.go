package finding_test

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/finding"
	"github.com/gatewright/gatewright/internal/service"
)

// A finding that moved with its line is not new; one that the baseline does not
// have is.
func ExampleBaseline_Compare() {
	var baseline finding.Baseline
	log := `{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "lint"}}, "results": [
		{"ruleId": "unused", "message": {"text": "x is unused"}, "locations": [
			{"physicalLocation": {"artifactLocation": {"uri": "a.go"}, "region": {"startLine": 10}}}]}]}]}`
	if err := baseline.Read(strings.NewReader(log), "before.sarif", finding.Options{}); err != nil {
		fmt.Println(err)
	}
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
