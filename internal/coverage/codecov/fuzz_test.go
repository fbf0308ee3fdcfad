package codecov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{},
		`{"coverage":{"a.rs":{"1":2,"2":"1/2","3":null}}}`)
}
