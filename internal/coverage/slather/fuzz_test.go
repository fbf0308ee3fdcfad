package slather

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"slather-json"},
		`[{"file":"a.m","coverage":[null,1,0]}]`)
}
