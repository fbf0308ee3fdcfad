package canonical

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{},
		`{"version":1,"files":[{"path":"a.go","lines":{"10":1,"11":0},"branches":{"10":{"covered":1,"total":2}}}],"totals":{}}`)
}
