package coveragepy

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"coveragepy-json"},
		`{"meta":{},"files":{"a.py":{"executed_lines":[1,2],"missing_lines":[4],"executed_branches":[[1,2]],"missing_branches":[[1,-4]]}}}`)
}
