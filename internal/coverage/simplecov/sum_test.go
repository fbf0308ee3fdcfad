package simplecov

import (
	"maps"
	"strings"
	"testing"
)

// TestCommands adds up what several commands say of a file, of which some loaded
// it and one only listed it.
func TestCommands(t *testing.T) {
	t.Parallel()
	report, err := Parse(strings.NewReader(`{
"rspec":{"coverage":{"a.rb":{"lines":[3,null,null,0,0]},"b.rb":[null,0,1]},"timestamp":1},
"cucumber":{"coverage":{"a.rb":{"lines":[0,0,2,0]}},"timestamp":2},
"unit":{"coverage":{"a.rb":{"lines":[9223372036854775807,0,null,0]}},"timestamp":2}}`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]map[int]int64{
		"a.rb": {1: 9223372036854775807, 3: 2, 4: 0},
		"b.rb": {2: 0, 3: 1},
	} {
		got := maps.Collect(report.File(path).Lines())
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, not %v", path, got, want)
		}
	}
}
