package gate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// branchy has a line without branches, one that ran in part, one that ran with both branches and one that did not run.
func branchy() *coverage.Report {
	r := coverage.New()
	f := r.File("b.go")
	for line, hits := range []int64{1, 1, 1, 0} {
		f.Hit(line+1, hits)
	}
	f.SetBranches(2, coverage.Branches{Covered: 1, Total: 2})
	f.SetBranches(3, coverage.Branches{Covered: 2, Total: 2})
	r.Settle()
	return r
}

// TestLimits judges facts on and beside the limits of each rule.
func TestLimits(t *testing.T) {
	const P, W, F, N = service.Passed, service.Warned, service.Failed, service.None
	files := map[string][2]int{"a.go": {5, 10}, "b.go": {0, 10}, "src/full.go": {10, 10}, "src/half.go": {5, 10}}
	r := report(files)
	now, before := report(map[string][2]int{"a.go": {4, 10}, "x.go": {1, 10}}), report(map[string][2]int{"a.go": {6, 10}, "x.go": {1, 10}})
	flaky := map[string][]int{"a.go": {99, 5, 6}, "x.go": {1, 2}}
	for _, name := range strings.Split("abcdefghijklmnop", "") {
		flaky["gone/"+name+".go"] = []int{1}
	}
	onlyA := func(drop float64) []Component {
		return []Component{{Name: "a", Paths: []string{"a.go"}, Drop: least(drop)}}
	}
	finding := func(f service.Finding) Fact[[]service.Finding] { f.Rule = "R1"; return Known([]service.Finding{f}) }
	verdict := func(o service.Outcome) []service.Verdict { return []service.Verdict{{Service: "codacy", Outcome: o}} }
	for _, tt := range []judged{
		{"files that miss nothing are not named", Rules{Total: least(75)}, Facts{Report: Known(report(map[string][2]int{"a.go": {5, 10}, "b.go": {0, 10}, "full.go": {10, 10}}))}, F, []string{
			"total coverage | 50 % | at least 75 % | FAILED | 15 of 30 lines ran; 8 more would do; most lines missed in b.go (10), a.go (5)",
		}},
		{"each file, exactly", Rules{Paths: []PathRule{{Path: "src/*.go", Each: true, Threshold: *least(50)}}}, Facts{Report: Known(r)}, P, []string{"each file of src/*.go | 50 % | at least 50 % | PASSED"}},
		{"each file of none", Rules{Paths: []PathRule{{Path: "none/*.go", Each: true, Threshold: *least(0)}}}, Facts{Report: Known(r)}, F, []string{
			"each file of none/*.go | no data | at least 0 % | FAILED | no file of the report matches",
		}},
		{"partly covered lines are misses, those with all their branches are not", Rules{Total: least(50), Partials: Miss}, Facts{Report: Known(branchy())}, P, []string{"total coverage | 50 % | at least 50 % | PASSED"}},
		{
			"a component's changed lines, behind a file that is not of it",
			Rules{Components: []Component{{Name: "src", Paths: []string{"src/*"}, Patch: least(50)}}},
			Facts{Report: Known(r), Patch: Known(&coverage.Patch{Files: []coverage.PatchFile{{Path: "a.go", Uncovered: []int{1}}, {Path: "src/half.go", Covered: []int{1}, Uncovered: []int{6}}}})},
			P,
			[]string{"src: patch coverage | 50 % | at least 50 % | PASSED"},
		},
		{"drop without a report", Rules{Drop: least(1)}, Facts{Baseline: Known(before)}, F, []string{"coverage drop | no data | at most 1 points | FAILED | no coverage report"}},
		{"flaky lines count", Rules{Components: onlyA(0)}, Facts{Report: Known(now), Baseline: Known(before), FlakyNow: flaky, FlakyBefore: flaky}, F, []string{
			"a: coverage drop | 20 points | at most 0 points | FAILED | from 60 % to 40 %",
		}},
		{"flaky lines of the component's files, and lines alone, are left out of both sides", Rules{Components: onlyA(0), Flaky: Ignore}, Facts{Report: Known(now), Baseline: Known(before), FlakyNow: flaky, FlakyBefore: flaky}, P, []string{
			"a: coverage drop | 0 points | at most 0 points | PASSED | from 50 % to 50 %, without flaky lines: 2",
		}},
		{"no line is flaky", Rules{Components: onlyA(0), Flaky: Ignore}, Facts{Report: Known(now), Baseline: Known(before)}, F, []string{"a: coverage drop | 20 points | at most 0 points | FAILED | from 60 % to 40 %"}},
		{"flaky and partly covered, where that is a miss", Rules{Drop: least(0), Flaky: Ignore, Partials: Miss}, Facts{Report: Known(branchy()), Baseline: Known(branchy()), FlakyNow: map[string][]int{"b.go": {2, 4}}}, P, []string{
			"coverage drop | 50 points up | at most 0 points | PASSED | from 50 % to 100 %, without flaky lines: 2",
		}},
		{"flaky and covered, where partly covered is a miss", Rules{Drop: least(50), Flaky: Ignore, Partials: Miss}, Facts{Report: Known(branchy()), Baseline: Known(branchy()), FlakyNow: map[string][]int{"b.go": {1, 3}}}, P, []string{
			"coverage drop | 50 points | at most 50 points | PASSED | from 50 % to 0 %, without flaky lines: 2",
		}},
		{"flaky and partly covered, where that is a hit", Rules{Drop: least(25), Flaky: Ignore}, Facts{Report: Known(branchy()), Baseline: Known(branchy()), FlakyNow: map[string][]int{"b.go": {2, 3}}}, P, []string{
			"coverage drop | 25 points | at most 25 points | PASSED | from 75 % to 50 %, without flaky lines: 2",
		}},
		{
			"a component that was carried from an earlier commit",
			Rules{Components: []Component{
				{Name: "a", Paths: []string{"a.go"}, Total: least(60), Drop: &Threshold{Missing: Pass}},
				{Name: "src", Paths: []string{"src/full.go"}, Total: least(60)},
			}},
			Facts{Report: Known(r), Carried: map[string]string{"a": "0123456789abcdef"}},
			F,
			[]string{
				"a: total coverage | 50 % | at least 60 % | FAILED | 5 of 10 lines ran; 1 more would do; carried from 0123456",
				"a: coverage drop | no data | at most 0 points | PASSED | no baseline to compare with; the rule lets this pass; carried from 0123456",
				"src: total coverage | 100 % | at least 60 % | PASSED",
			},
		},
		{"carried, and nothing else to say", Rules{Components: []Component{{Name: "a", Paths: []string{"a.go"}, Total: least(50)}}}, Facts{Report: Known(r), Carried: map[string]string{"a": "0123456789abcdef"}}, P, []string{
			"a: total coverage | 50 % | at least 50 % | PASSED | carried from 0123456",
		}},
		{"reports that are lacking", Rules{Drop: &Threshold{Value: 100, Missing: Pass}}, Facts{Report: Known(r), LostReports: []string{"api.info"}}, F, []string{
			"coverage drop | no data | at most 100 points | PASSED | no baseline to compare with; the rule lets this pass",
			"reports of the baseline | no data | at most 0 reports lost | FAILED | the baseline was made with 1 report that this run lacks: api.info",
		}},
		{"lost files where a path and a component add them up", Rules{Paths: []PathRule{{Path: "a.go"}}, Components: []Component{{Name: "none", Paths: []string{"none"}}}}, Facts{Report: Known(r), Lost: []string{"x.go"}}, F, []string{
			"coverage of the baseline's files | no data | at most 0 files lost | FAILED | the commit has 1 file that the baseline's reports name and none of this run does: x.go; is a report lacking?",
			"coverage of a.go | 50 % | at least 0 % | PASSED",
		}},
		{"changed code that the reports all name", Rules{Unreported: least(0)}, Facts{Report: Known(r), Patch: Known(&coverage.Patch{})}, P, []string{"changed code in no report | 0 files | at most 0 files | PASSED"}},
		{"findings of no severity do not count those of one", Rules{Findings: []FindingRule{{Severity: "unknown"}}}, Facts{Findings: finding(service.Finding{Severity: "critical", Age: service.New})}, P, []string{
			"new unknown findings | 0 | at most 0 | PASSED",
		}},
		{"a finding that names no file", Rules{Findings: []FindingRule{{Severity: "high"}}}, Facts{Findings: finding(service.Finding{Severity: "high", Age: service.Unplaced}), NoAge: "no change"}, F, []string{
			"new high and critical findings | no data | at most 0 | FAILED | 0 found, and 1 more of which it is not known: R1 at no file (it names no file)",
		}},
		{"a finding without an age", Rules{Findings: []FindingRule{{Severity: "high"}}}, Facts{Findings: finding(service.Finding{Severity: "high", Age: service.Unplaced, Path: "a.go"}), NoAge: "the checkout is shallow"}, F, []string{
			"new high and critical findings | no data | at most 0 | FAILED | 0 found, and 1 more of which it is not known: R1 at a.go (the checkout is shallow)",
		}},
		{"a service counts as its rule says, not once more", Rules{Services: []ServiceRule{{Service: "codacy", Level: Warn}}}, Facts{Services: verdict(F)}, W, []string{"codacy gate | failed | passed | WARN"}},
		{"a service that warns", Rules{Services: []ServiceRule{{Service: "codacy", Level: Fail}}}, Facts{Services: verdict(W)}, W, []string{"codacy gate | warn | passed | WARN"}},
		{"a service without a verdict", Rules{Services: []ServiceRule{{Service: "codacy", Missing: Ignore}}}, Facts{Services: verdict(service.Unknown)}, N, []string{
			"codacy gate | no data | passed | NONE | the service finished without a verdict",
		}},
		{"as long as before", Rules{Tests: TestRules{Slower: least(0)}}, Facts{Tests: tested(2), OldTests: tested(2)}, P, []string{
			"time of tests | 0 % faster | at most 0 % slower | PASSED | of 1 test that passed in both runs",
		}},
		{"as many decimals as the limit", Rules{Tests: TestRules{Slower: least(33.25)}}, Facts{Tests: tested(4), OldTests: tested(3)}, F, []string{
			"time of tests | 33.34 % slower | at most 33.25 % slower | FAILED | of 1 test that passed in both runs",
		}},
	} {
		tt.run(t)
	}
}

func tested(seconds float64) Fact[*testrun.Set] {
	return Known(&testrun.Set{Cases: []testrun.Case{{Name: "t", Outcome: testrun.Passed, Seconds: seconds}}})
}

func TestParseSeverity(t *testing.T) {
	for text, want := range map[string]FindingRule{
		"critical": {Severity: "critical"}, "high!": {Severity: "high", Exact: true}, "unknown": {Severity: "unknown"}, "any": {Severity: "any"},
	} {
		if got, ok := ParseSeverity(text); !ok || got != want {
			t.Errorf("%s: %+v, %v", text, got, ok)
		}
	}
	for _, text := range []string{"", "!", "grave", "any!", "High"} {
		if got, ok := ParseSeverity(text); ok {
			t.Errorf("%q was taken: %+v", text, got)
		}
	}
}

func TestIsTest(t *testing.T) {
	for file, want := range map[string]bool{
		"a_test.go": true, "test_a.py": true, "conftest.py": true, "src/Tests/a.cs": true, "a.spec.ts": true, "ATest.java": true, "e2e/a.js": true,
		"a.go": false, "contest.py": false, "src/testing/a.go": false, "attest.go": false,
	} {
		if got := IsTest(file); got != want {
			t.Errorf("%s: %v", file, got)
		}
	}
}

func TestLostHasLines(t *testing.T) {
	baseline := report(map[string][2]int{"a.go": {1, 2}, "empty.go": {}})
	if diff := cmp.Diff([]string{"a.go"}, Lost(coverage.New(), baseline, func(string) bool { return true })); diff != "" {
		t.Error(diff)
	}
}

func TestTallies(t *testing.T) {
	whole := branchy()
	whole.Instructions = coverage.Count{Covered: 7, Coverable: 20}
	f := whole.File("s.go")
	f.Hit(1, 1)
	f.Statements(1, 3, true)
	f.Statements(2, 2, false)
	whole.Settle()
	for name, tt := range map[string]struct {
		report *coverage.Report
		want   map[string][2]int
	}{
		"everything": {whole, map[string][2]int{
			"Gatewright": {4, 5}, "coverage.py": {7, 9}, "Codecov": {3, 5}, "Coveralls": {7, 9}, "SonarQube": {7, 9}, "JaCoCo lines": {4, 5},
			"JaCoCo branches": {3, 4}, "Codacy": {4, 5}, "JaCoCo": {7, 20}, "go tool cover": {3, 5},
		}},
		"lines alone": {report(map[string][2]int{"a.go": {1, 2}}), map[string][2]int{
			"Gatewright": {1, 2}, "coverage.py": {1, 2}, "Codecov": {1, 2}, "Coveralls": {1, 2}, "SonarQube": {1, 2}, "JaCoCo lines": {1, 2},
			"JaCoCo branches": {0, 0}, "Codacy": {1, 2}, "JaCoCo": {0, 0},
		}},
	} {
		got := map[string][2]int{}
		for _, tally := range Tallies(tt.report) {
			got[tally.Tool] = [2]int{tally.Covered, tally.Total}
			if (tally.Percent != nil) != (tally.Total > 0) {
				t.Errorf("%s: %s of %d has the share %v", name, tally.Tool, tally.Total, tally.Percent)
			}
			if p, ok := (coverage.Count{Covered: tally.Covered, Coverable: tally.Total}).Percent(); ok && *tally.Percent != p {
				t.Errorf("%s: %s is %v %%", name, tally.Tool, *tally.Percent)
			}
			if only := strings.Contains(tally.Rule, "only its own reports have"); only != (name == "lines alone" && tally.Tool == "JaCoCo") {
				t.Errorf("%s: %s: %s", name, tally.Tool, tally.Rule)
			}
			if branchless := strings.Contains(tally.Rule, "this report has none"); branchless != (name == "lines alone" && tally.Total > 0 && strings.Contains("coverage.py Coveralls SonarQube", tally.Tool)) {
				t.Errorf("%s: %s: %s", name, tally.Tool, tally.Rule)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
