package dotcover

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"dotcover"},
		`<Root CoveragePercent="50" ReportType="DetailedXml"><FileIndices><File Index="1" Name="a.cs"/></FileIndices><Statement FileIndex="1" Line="3" EndLine="4" Covered="True"/></Root>`)
}
