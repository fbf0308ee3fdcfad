package sonar

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"sonar-generic"},
		`<coverage version="1"><file path="a.c"><lineToCover lineNumber="2" covered="true" branchesToCover="2" coveredBranches="1"/></file></coverage>`)
}
