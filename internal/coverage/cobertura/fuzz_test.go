package cobertura

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"cobertura", "coveragepy-xml"},
		`<coverage line-rate="0.5"><sources><source>/src</source></sources><packages><package><classes><class filename="a.py"><methods><method><lines><line number="1" hits="3"/></lines></method></methods><lines><line number="1" hits="2" branch="true" condition-coverage="50% (1/2)"/><line number="2" hits="0"/></lines></class></classes></package></packages></coverage>`)
}
