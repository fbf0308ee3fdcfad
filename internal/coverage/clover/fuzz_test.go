package clover

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"clover"},
		`<coverage generated="1" clover="3.2.0"><project><file name="a.php"><metrics conditionals="2"/><line num="3" type="stmt" count="2"/><line num="4" type="cond" truecount="1" falsecount="0"/><line num="5" type="method" count="1"/></file></project></coverage>`)
}
