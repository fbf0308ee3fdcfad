package coveralls

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"coveralls-json", "excoveralls-json"},
		`{"source_files":[{"name":"a.ex","coverage":[null,1,0],"branches":[2,0,0,1,2,0,1,0]}]}`)
}
