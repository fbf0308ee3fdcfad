package codacy

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{},
		`{"fileReports":[{"filename":"a.go","coverage":{"10":1,"11":0}}]}`)
}
