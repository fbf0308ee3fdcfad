package llvmcov

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestLines: the count of a line is the largest of the regions that begin on it
// and of the one that runs into it; gaps and skipped regions are told apart, as
// llvm-cov's own line statistics do.
func TestLines(t *testing.T) {
	for _, tt := range []struct {
		name, segments string
		want           map[int]int64
	}{
		{"one region", `[1,1,2,true,true],[3,2,0,false,false]`, map[int]int64{1: 2, 2: 2, 3: 2}},
		{"one inside another", `[1,1,2,true,true],[2,5,0,true,true],[2,9,2,true,false],[3,2,0,false,false]`, map[int]int64{1: 2, 2: 2, 3: 2}},
		{"never ran, but its condition did", `[1,1,3,true,true],[2,1,0,true,true],[4,1,3,true,false],[5,1,0,false,false]`, map[int]int64{1: 3, 2: 3, 3: 0, 4: 0, 5: 3}},
		{"a gap begins no line", `[1,1,1,true,true],[2,1,7,true,true,true],[2,4,1,true,true],[3,1,0,false,false]`, map[int]int64{1: 1, 2: 1, 3: 1}},
		{"skipped", `[1,1,1,true,true],[2,1,0,false,true],[3,1,1,true,false],[4,1,0,false,false]`, map[int]int64{1: 1, 4: 1}},
		{"a count after what is skipped", `[1,1,1,true,true],[2,1,0,false,true],[2,5,4,true,true],[3,1,0,false,false]`, map[int]int64{1: 1, 2: 4, 3: 4}},
		{"no count after what is skipped", `[1,1,1,true,true],[2,1,0,false,true],[2,5,4,true,false],[3,1,0,false,false]`, map[int]int64{1: 1, 3: 4}},
		{"a gap after what is skipped", `[1,1,3,true,true],[2,1,0,false,true],[2,5,4,true,true,true],[2,6,4,true,false],[3,1,0,false,false]`, map[int]int64{1: 3, 2: 3, 3: 4}},
		{"two functions", `[1,1,1,true,true],[2,2,0,false,false],[5,1,0,true,true],[6,2,0,false,false]`, map[int]int64{1: 1, 2: 1, 5: 0, 6: 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			report := coveragetest.Read(t, Parse, `{"data":[{"files":[{"filename":"a.c","segments":[`+tt.segments+`]}]}]}`)
			if diff := cmp.Diff(tt.want, maps.Collect(report.Lookup("a.c").Lines())); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	if _, err := Parse(strings.NewReader(`{"data":[{"files":[{"filename":"a.c","summary":{}}]}]}`)); err == nil || !strings.Contains(err.Error(), "-summary-only") {
		t.Errorf("a summary: %v", err)
	}
}

// TestExpansions: the branches of a macro belong to the line that uses it, those of
// two uses on one line apart, and count when constant conditions are left out.
func TestExpansions(t *testing.T) {
	const segments = `"segments":[[1,1,2,true,true],[2,1,2,true,true],[9,1,0,false,false]],`
	const single, several = `"functions":{"count":1},"instantiations":{"count":1}}`, `"functions":{"count":1},"instantiations":{"count":3}}`
	const macro = `"branches":[[3,23,3,24,1,0,1,0,4]],`
	for _, tt := range []struct {
		name, file string
		want       map[int]coverage.Branches
	}{
		{"one", segments + `"expansions":[{` + macro + `"source_region":[7,28,7,29,1,0,1,1]}]`, map[int]coverage.Branches{7: {Covered: 1, Total: 2}}},
		{"two on a line", segments + `"expansions":[{` + macro + `"source_region":[7,28,7,29,1,0,1,1]},{"source_region":[7,34,7,35,1,0,1,1],` + macro + `"filenames":[]}]`, map[int]coverage.Branches{7: {Covered: 2, Total: 4}}},
		{"of two lines in one", segments + `"expansions":[{"branches":[[3,23,3,24,1,0,1,0,4],[4,23,4,24,0,1,1,0,4]],"source_region":[7,28,7,29,1,0,1,1]}]`, map[int]coverage.Branches{7: {Covered: 2, Total: 4}}},
		// assert_has_type of cJSON's tests uses TEST_ASSERT twice: LLVM 14 counts four.
		{"twice in another macro", segments + `"expansions":[{"branches":[[652,102,652,111,8,0,22,0,4],[652,102,652,111,0,8,23,0,4]],"source_region":[37,5,37,23,8,0,2,1]}]`, map[int]coverage.Branches{37: {Covered: 2, Total: 4}}},
		{"none", segments + `"expansions":[{"branches":[],"source_region":[7,28,7,29,1,0,1,1]}]`, map[int]coverage.Branches{}},
		{"beside a constant one", `"expansions":[{` + macro + `"source_region":[7,28,7,29,1,0,1,1]}],"branches":[[2,1,2,4,0,0,0,0,4],[5,1,5,4,2,1,0,0,4]],` + segments + `"summary":{"branches":{"count":4,"covered":3},` + single, map[int]coverage.Branches{5: {Covered: 2, Total: 2}, 7: {Covered: 1, Total: 2}}},
		// As clang 22 exports it: macros of the file are listed where they are defined, too.
		{"listed twice", segments + `"branches":[[5,1,5,4,2,1,0,0,4],[3,23,3,24,1,0,1,0,4]],"expansions":[{` + macro + `"source_region":[7,28,7,29,1,0,1,1]}]`, map[int]coverage.Branches{5: {Covered: 2, Total: 2}, 7: {Covered: 1, Total: 2}}},
		// while (0) has one side there, which ran. It is known for one if nothing else is left.
		{"a constant side", segments + `"branches":[[5,1,5,4,2,1,0,0,4],[6,1,6,4,0,1,0,0,4]],"summary":{"branches":{"count":3,"covered":3},` + single, map[int]coverage.Branches{5: {Covered: 2, Total: 2}, 6: {Covered: 1, Total: 1}}},
		{"a constant side beside one never reached", segments + `"branches":[[5,1,5,4,0,0,0,0,4],[6,1,6,4,0,1,0,0,4]],"summary":{"branches":{"count":1,"covered":1},` + single, map[int]coverage.Branches{6: {Covered: 1, Total: 1}}},
		{"a constant side or one that did not run", segments + `"branches":[[5,1,5,4,2,0,0,0,4],[6,1,6,4,0,1,0,0,4]],"summary":{"branches":{"count":3,"covered":2},` + single, map[int]coverage.Branches{5: {Covered: 1, Total: 2}, 6: {Covered: 1, Total: 2}}},
		{"two of one line", segments + `"branches":[[5,1,5,4,2,0,0,0,4],[5,7,5,9,0,1,0,0,4]],"summary":{"branches":{"count":3,"covered":2},` + single, map[int]coverage.Branches{5: {Covered: 2, Total: 3}}},
		{"two zeros come first", segments + `"branches":[[5,1,5,4,2,0,0,0,4],[5,7,5,9,0,0,0,0,4],[5,11,5,12,0,0,0,0,4]],"summary":{"branches":{"count":3,"covered":1},` + single, map[int]coverage.Branches{5: {Covered: 1, Total: 3}}},
		{"on a line that did not run", segments + `"branches":[[5,1,5,4,2,0,0,0,4],[12,1,12,4,0,0,0,0,4]],"summary":{"branches":{"count":2,"covered":1},` + single, map[int]coverage.Branches{5: {Covered: 1, Total: 2}}},
		{"without its functions", segments + `"branches":[[6,1,6,4,0,1,0,0,4]],"summary":{"branches":{"count":1,"covered":1}}`, map[int]coverage.Branches{6: {Covered: 1, Total: 2}}},
		// if constexpr of two instances: LLVM's number is that of one. In 2:1 a region ran, in 3:1 none.
		{"of instances", segments + `"branches":[[2,1,2,4,0,0,0,0,4],[3,1,3,4,0,0,0,0,4],[5,1,5,4,0,1,0,0,4],[2,1,2,4,0,0,0,0,4],[6,1,6,4,0,1,0,0,4]],"summary":{"branches":{"count":2,"covered":1},` + several, map[int]coverage.Branches{3: {Total: 2}, 5: {Covered: 1, Total: 2}, 6: {Covered: 1, Total: 2}}},
		// do … while (0) of a macro, which its regions show to be constant; those of another file or place, or that did not run, do not.
		{"a constant one of a macro", segments + `"expansions":[{"branches":[[3,23,3,24,0,0,1,0,4]],"source_region":[7,28,7,29,1,0,1,1],"target_regions":[[3,23,3,24,2,1,0,0]]}],"summary":{"branches":{"count":0,"covered":0},` + several, map[int]coverage.Branches{}},
		{"none of a macro", segments + `"expansions":[{"branches":[[3,23,3,24,0,0,1,0,4]],"source_region":[7,28,7,29,1,0,1,1],"target_regions":[[3,23,3,24,2,0,0,0],[3,24,3,24,2,1,0,0],[3,23,3,24,0,1,0,0]]}],"summary":{"branches":{"count":0,"covered":0},` + several, map[int]coverage.Branches{7: {Total: 2}}},
		{"a macro twice", segments + `"expansions":[{"branches":[[3,23,3,24,0,0,1,0,4]],"source_region":[7,28,7,29,1,0,1,1],"target_regions":[[3,23,3,24,0,1,0,0]]},{"branches":[[3,23,3,24,0,0,1,0,4]],"source_region":[8,28,8,29,1,0,1,1],"target_regions":[[3,23,3,24,2,1,0,0]]}],"summary":{"branches":{"count":0,"covered":0},` + several, map[int]coverage.Branches{7: {Total: 2}}},
		// assert() of a system's header is in one place with all of its conditions, which begin anew in each instance.
		{"three in one place", segments + `"branches":[[5,51,5,51,1,0,0,0,4],[5,51,5,51,1,0,0,0,4],[5,51,5,51,0,2,0,0,4]]`, map[int]coverage.Branches{5: {Covered: 3, Total: 6}}},
		{"in one place, of instances", segments + `"branches":[[5,51,5,51,1,0,0,0,4],[5,51,5,51,1,0,0,0,4],[6,1,6,4,1,0,0,0,4],[5,51,5,51,1,0,0,0,4],[5,51,5,51,0,2,0,0,4],[6,1,6,4,0,1,0,0,4]]`, map[int]coverage.Branches{5: {Covered: 3, Total: 4}, 6: {Covered: 2, Total: 2}}},
		{"two instances", segments + `"branches":[[5,1,5,4,1,0,0,0,4],[5,1,5,4,0,3,0,0,4]]`, map[int]coverage.Branches{5: {Covered: 2, Total: 2}}},
	} {
		report, err := Parse(strings.NewReader(`{"data":[{"files":[{"filename":"a.c",` + tt.file + `}]}]}`))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if diff := cmp.Diff(tt.want, maps.Collect(report.Lookup("a.c").Branches())); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", tt.name, diff)
		}
	}
}

// TestSniff: keys are sorted, so that many branches or macros of the first file leave
// nothing else in the beginning of an export.
func TestSniff(t *testing.T) {
	for _, head := range []string{
		`{"data":[{"files":[{"branches":[[101,9,101,30,2,1,0,0,4],[11`,
		`{"data":[{"files":[{"branches":[],"expansions":[{"branches":[],"filenames":["a.`,
		`{"data":[{"files":[{"expansions":[{"branches":[],"filenames":["a.`,
	} {
		if !Sniff([]byte(head)) {
			t.Errorf("%s is no export", head)
		}
	}
}
