package luacov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"luacov"},
		`==============================================================================
a.lua
==============================================================================
    -- x
  1 f()
**0 g()

==============================================================================
Summary
==============================================================================
`)
}
