package coverage_test

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/coverage"
)

// Reports of several test runs add up line by line.
func ExampleReport_Merge() {
	unit, system := coverage.New(), coverage.New()
	for line := 1; line <= 4; line++ {
		unit.File("api/server.go").Hit(line, int64(line%2))
		system.File("api/server.go").Hit(line, 0)
	}
	system.File("api/server.go").Hit(4, 1)
	unit.Merge(system)
	lines := unit.Totals().Lines
	percent, _ := lines.Percent()
	fmt.Printf("%d of %d lines, %.0f %%\n", lines.Covered, lines.Coverable, percent)
	// Output: 3 of 4 lines, 75 %
}
