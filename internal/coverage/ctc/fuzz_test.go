package ctc

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"ctc"},
		`<coverage ctcreportVersion="10"><file location="a.cpp"><line number="3" isExecuted="Executed"/><line number="4" isExecuted="NotExecuted"/></file></coverage>`)
}
