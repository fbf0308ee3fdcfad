package simplecov

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

func FuzzParse(f *testing.F) {
	coveragetest.Fuzz(f, Parse, []string{"simplecov"},
		`{"RSpec":{"coverage":{"a.rb":{"lines":[1,null,0,"ignored"],"branches":{"[:if, 0, 1, 4, 3, 7]":{"[:then, 1, 1, 6, 1, 11]":1,"[:else, 2, 1, 4, 3, 7]":0}}},"b.rb":[1,null]},"timestamp":1}}`)
}

func FuzzParseFormatter(f *testing.F) {
	coveragetest.Fuzz(f, ParseFormatter, []string{"simplecov-json-formatter"},
		`{"meta":{"simplecov_version":"0.22"},"coverage":{"a.rb":{"lines":[1,null,0],"branches":[{"type":"then","start_line":1,"end_line":1,"coverage":1}]}}}`)
}
