package fastcov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{},
		`{"sources":{"a.cpp":{"":{"lines":{"1":2,"2":0},"branches":{"1":[2,0]}}}}}`)
}
