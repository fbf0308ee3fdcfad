package scoverage

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"scoverage"},
		`<scoverage><packages><statement source="a.scala" start="3" line="4" branch="true" invocation-count="2" ignored="false"/></packages></scoverage>`)
}
