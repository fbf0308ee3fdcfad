package codecov_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage/codecov"
)

// Cloverage writes the lines of a file as a list, as Codecov's first form had it.
func TestLinesAsAList(t *testing.T) {
	t.Parallel()
	const text = `{"coverage":{"core.clj":[null,3,true,0,null,"1/2"],"empty.clj":[],"util.clj":[null,0,7]}}`
	if !codecov.Sniff([]byte(text)) {
		t.Error("not taken for Codecov's")
	}
	report, err := codecov.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]map[int]int64{
		"core.clj": {1: 3, 2: 1, 3: 0, 5: 1},
		"util.clj": {1: 0, 2: 7},
	} {
		got := map[int]int64{}
		for n, hits := range report.File(path).Lines() {
			got[n] = hits
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, not %v", path, got, want)
		}
	}
	// Without the null all lines would be one off.
	if _, err := codecov.Parse(strings.NewReader(`{"coverage":{"a.clj":[1,0]}}`)); err == nil {
		t.Error("a list whose first element is a line was read")
	}
}
