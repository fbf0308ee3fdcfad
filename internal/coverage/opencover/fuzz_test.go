package opencover

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"opencover"},
		`<CoverageSession><Modules><Module><Files><File uid="1" fullPath="a.cs"/></Files><Classes><Class><Methods><Method><FileRef uid="1"/><SequencePoints><SequencePoint vc="1" sl="10" el="11"/></SequencePoints><BranchPoints><BranchPoint vc="1" sl="10" path="0"/><BranchPoint vc="0" sl="10" path="1"/></BranchPoints></Method></Methods></Class></Classes></Module></Modules></CoverageSession>`)
}
