package simplecov

import (
	"slices"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestRoot has the folder that SimpleCov 1.0 names the files of its coverage.json
// from, which older ones do not say.
func TestRoot(t *testing.T) {
	for text, want := range map[string][]string{
		`{"meta":{"schema_version":"1.3","root":"/w/api","commit":null},"coverage":{"lib/a.rb":{"lines":[1]}}}`: {"/w/api"},
		`{"meta":{"simplecov_version":"0.22"},"coverage":{"/w/api/lib/a.rb":{"lines":[1]}}}`:                    nil,
	} {
		r := coveragetest.Read(t, ParseFormatter, text)
		if !slices.Equal(r.Sources, want) || r.Len() != 1 {
			t.Errorf("%s: sources %q, %d files", text, r.Sources, r.Len())
		}
	}
}
