package mprof

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"mprof"},
		`<coverage version="0.3"><assembly name="x"/><method filename="a.cs"><statement counter="9" line="3"/><statement counter="0" line="4"/></method></coverage>`)
}
