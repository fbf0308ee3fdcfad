package lcov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"lcov", "merge-lcov"},
		`TN:
SF:C:\a.c
FN:1,f
DA:1,1
DA:2,0,abc=
BRDA:1,0,0,1
BRDA:1,e1,x,-
LF:2
end_of_record
`)
}
