package ncover

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"ncover1"},
		`<coverage profilerVersion="1.5.8"><module><method><seqpnt visitcount="1" line="9" endline="10" excluded="false" document="a.cs"/></method></module></coverage>`)
}
