package llvmcov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"llvm-cov-json"},
		`{"data":[{"files":[{"filename":"a.rs","segments":[[1,1,2,true,true,false],[3,2,0,false,false,false]],"branches":[[1,2,1,9,1,0,0,0,4]]}]}],"type":"llvm.coverage.json.export"}`)
}
