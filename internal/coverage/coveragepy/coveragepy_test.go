package coveragepy

import (
	"strings"
	"testing"
)

// TestSummaryAlone refuses a file whose statements are counted and not named.
func TestSummaryAlone(t *testing.T) {
	for text, want := range map[string]string{
		`{"files":{"a.py":{"summary":{"covered_lines":2,"num_statements":3}}}}`:                                          "a.py has a summary and no lines",
		`{"files":{"a.py":{"summary":{"covered_lines":0,"num_statements":0}}}}`:                                          "",
		`{"files":{"a.py":{"executed_lines":[],"missing_lines":[],"summary":{"covered_lines":0,"num_statements":0}}}}`:   "",
		`{"files":{"a.py":{"missing_lines":[2],"summary":{"covered_lines":0,"num_statements":1},"executed_lines":[]}}}`:  "",
		`{"files":{"a.py":{"functions":{"f":{"executed_lines":[1]}},"summary":{"covered_lines":1,"num_statements":1}}}}`: "a.py has a summary and no lines",
	} {
		_, err := Parse(strings.NewReader(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
