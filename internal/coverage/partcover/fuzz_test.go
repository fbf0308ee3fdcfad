package partcover

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"partcover"},
		`<PartCoverReport><File id="1" url="a.cs"/><Type><Method><pt visit="1" fid="1" sl="8" el="9"/></Method></Type></PartCoverReport>`)
}
