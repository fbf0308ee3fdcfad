package schematest

import (
	"strings"
	"testing"
)

// TestRefuses: each breach of a schema is said.
func TestRefuses(t *testing.T) {
	good := `<coverage version="1"><file path="a"><lineToCover lineNumber="1" covered="true" branchesToCover="2" coveredBranches="1"/></file></coverage>`
	if wrong := XML(strings.NewReader(good), "coverage", SonarCoverage()); wrong != nil {
		t.Error(wrong)
	}
	for in, want := range map[string]string{
		`<coverage version="2"/>`:                          `line 1: <coverage>: version="2"`,
		`<coverage/>`:                                      "line 1: <coverage>: version is missing",
		`<coverage version="1" name=""/>`:                  "line 1: <coverage>: no attribute name in the schema",
		`<coverage version="1"><file path=""/></coverage>`: `line 1: <file>: path=""`,
		`<coverage version="1">x</coverage>`:               `line 1: <coverage> has the text "x"`,
		`<coverage version="1"><lineToCover lineNumber="1" covered="true"/></coverage>`:                       `line 1: <coverage> has "lineToCover "`,
		`<coverage version="1"><package/></coverage>`:                                                         "line 1: <package> is not in the schema",
		`<coverage version="1"><file path="a"><lineToCover lineNumber="0" covered="true"/></file></coverage>`: `line 1: <lineToCover>: lineNumber="0"`,
		`<file path="a"/>`:       `line 1: the root is "file ", want coverage`,
		`<coverage version="1">`: "line 1: XML syntax error on line 1: unexpected EOF",
	} {
		if wrong := XML(strings.NewReader(in), "coverage", SonarCoverage()); len(wrong) == 0 || wrong[0] != want {
			t.Errorf("%s: %q, want %s", in, wrong, want)
		}
	}
}
