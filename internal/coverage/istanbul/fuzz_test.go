package istanbul

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"istanbul"},
		`{"a.js":{"path":"a.js","statementMap":{"0":{"start":{"line":1,"column":0},"end":{"line":1,"column":9}}},"fnMap":{},"branchMap":{"0":{"loc":{"start":{"line":1}},"locations":[]}},"s":{"0":3},"f":{},"b":{"0":[1,0]}}}`)
}
