package gcov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"gcov-text"},
		`        -:    0:Source:a.c
        2:    1:int f() {
branch  0 taken 50%
branch  1 never executed
    #####:    2:  g();
        -:    3:}
`)
}

func FuzzParseIntermediate(f *testing.F) {
	coveragetest.Fuzz(f, ParseIntermediate, []string{},
		`version:8
file:a.c
function:1,2,f
lcount:1,2
branch:1,taken
branch:1,nottaken
lcount:2,0
`)
}

func FuzzParseJSON(f *testing.F) {
	coveragetest.Fuzz(f, ParseJSON, []string{},
		`{"gcc_version":"12","files":[{"file":"a.c","lines":[{"line_number":1,"count":2,"branches":[{"count":2},{"count":0}]},{"line_number":2,"count":0,"branches":[]}]}]}`)
}
