package gate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// report makes a report of files with so many covered of so many lines.
func report(files map[string][2]int) *coverage.Report {
	r := coverage.New()
	for path, n := range files {
		f := r.File(path)
		for i := range n[1] {
			hits := int64(0)
			if i < n[0] {
				hits = 1
			}
			f.Hit(i+1, hits)
		}
	}
	r.Settle()
	return r
}

// partly has a line covered whole, one in part and one not at all.
func partly() *coverage.Report {
	r := coverage.New()
	f := r.File("p.go")
	f.Hit(1, 1)
	f.Hit(2, 1)
	f.Hit(3, 0)
	f.SetBranches(2, coverage.Branches{Covered: 1, Total: 2})
	f.SetBranches(3, coverage.Branches{Covered: 0, Total: 2})
	r.Settle()
	return r
}

func TestLost(t *testing.T) {
	baseline := report(map[string][2]int{"a.go": {1, 2}, "b.go": {1, 2}, "gone.go": {1, 2}})
	now := report(map[string][2]int{"a.go": {1, 2}})
	got := Lost(now, baseline, func(path string) bool { return path != "gone.go" })
	if diff := cmp.Diff([]string{"b.go"}, got); diff != "" {
		t.Error(diff)
	}
}

func least(v float64) *Threshold { return &Threshold{Value: v} }

// judged is a judgement, and what it has to say.
type judged struct {
	name  string
	rules Rules
	facts Facts
	want  service.Outcome
	cond  []string
}

func (j judged) run(t *testing.T) {
	t.Run(j.name, func(t *testing.T) {
		v := Judge(j.rules, j.facts)
		if v.Outcome != j.want {
			t.Errorf("outcome %s, want %s", v.Outcome, j.want)
		}
		if diff := cmp.Diff(j.cond, lines(v.Conditions)); diff != "" || v.Conditions == nil {
			t.Error(diff, v.Conditions)
		}
		if diff := cmp.Diff(j.facts.Services, v.Services); diff != "" {
			t.Errorf("services: %s", diff)
		}
	})
}

// lines writes conditions as the tables have them: name | actual | wanted | result | why.
func lines(conditions []service.Condition) (out []string) {
	for _, c := range conditions {
		out = append(out, strings.TrimRight(strings.Join([]string{c.Name, c.Actual, c.Wanted, string(c.Result), c.Why}, " | "), " |"))
	}
	return out
}

func TestJudge(t *testing.T) {
	r := report(map[string][2]int{"src/a.go": {8, 10}, "src/b.go": {0, 10}, "web/c.js": {4, 5}})
	before := report(map[string][2]int{"src/a.go": {9, 10}, "web/c.js": {4, 5}})
	patch := &coverage.Patch{
		Files:      []coverage.PatchFile{{Path: "src/a.go", Covered: []int{1, 2}, Uncovered: []int{9}}},
		Unreported: []string{"docs/x.md"},
		Totals:     coverage.Count{Covered: 2, Coverable: 3},
	}
	finding := func(severity string, age service.Age) service.Finding {
		return service.Finding{Rule: "R1", Severity: severity, Path: "a.go", Line: 3, Age: age}
	}
	verdict := func(name string, o service.Outcome) service.Verdict {
		return service.Verdict{Service: name, Outcome: o}
	}
	P, W, F, N, U := service.Passed, service.Warned, service.Failed, service.None, service.Unknown

	tests := []judged{
		{"nothing to judge", Rules{}, Facts{Report: Known(r)}, N, nil},
		{"total met exactly", Rules{Total: least(80)}, Facts{Report: Known(report(map[string][2]int{"a": {4, 5}}))}, P, []string{"total coverage | 80 % | at least 80 % | PASSED"}},
		{"total missed", Rules{Total: least(80)}, Facts{Report: Known(r)}, F, []string{
			"total coverage | 48 % | at least 80 % | FAILED | 12 of 25 lines ran; 8 more would do; most lines missed in src/b.go (10), src/a.go (2), web/c.js (1)",
		}},
		{"never rounded up", Rules{Total: least(80)}, Facts{Report: Known(report(map[string][2]int{"a": {79999, 100000}}))}, F, []string{
			"total coverage | 79.9 % | at least 80 % | FAILED | 79999 of 100000 lines ran; 1 more would do",
		}},
		{"total as a warning", Rules{Total: &Threshold{Value: 80, Level: Warn}}, Facts{Report: Known(r)}, W, []string{
			"total coverage | 48 % | at least 80 % | WARN | 12 of 25 lines ran; 8 more would do; most lines missed in src/b.go (10), src/a.go (2), web/c.js (1)",
		}},
		{"no report is no pass", Rules{Total: least(0)}, Facts{Report: Missing[*coverage.Report]("no report found", "run the tests with coverage")}, F, []string{
			"total coverage | no data | at least 0 % | FAILED | no report found; run the tests with coverage",
		}},
		{"an empty report is no pass", Rules{Total: least(0)}, Facts{Report: Known(coverage.New())}, F, []string{"total coverage | no data | at least 0 % | FAILED | no coverable line in the report"}},
		{"missing data passes only if told so", Rules{Total: &Threshold{Value: 1, Missing: Pass}}, Facts{}, P, []string{"total coverage | no data | at least 1 % | PASSED | no coverage report; the rule lets this pass"}},
		{"patch", Rules{Patch: least(70)}, Facts{Report: Known(r), Patch: Known(patch)}, F, []string{"patch coverage | 66.6 % | at least 70 % | FAILED | 2 of 3 changed lines ran; 1 more would do"}},
		{"patch not known", Rules{Patch: least(70)}, Facts{Report: Known(r), Patch: Missing[*coverage.Patch]("the checkout is shallow", "")}, F, []string{
			"patch coverage | no data | at least 70 % | FAILED | the checkout is shallow",
		}},
		{"no change to judge", Rules{Patch: least(70), Total: least(1)}, Facts{Report: Known(r), NoChange: true}, P, []string{
			"total coverage | 48 % | at least 1 % | PASSED",
			"patch coverage |  | at least 70 % | NONE | no change to judge",
		}},
		{"patch of nothing coverable", Rules{Patch: least(70)}, Facts{Report: Known(r), Patch: Known(&coverage.Patch{Unreported: []string{"README.md", "src/a_test.go"}})}, P, []string{
			"patch coverage | nothing coverable | at least 70 % | PASSED | no changed line is coverable",
		}},
		{"patch of a report that has no line of any file", Rules{Patch: least(70)}, Facts{Report: Known(report(map[string][2]int{"src/a.go": {0, 0}})), Patch: Known(&coverage.Patch{})}, F, []string{
			"patch coverage | no data | at least 70 % | FAILED | no coverable line in the report",
		}},
		{"patch of code no report knows", Rules{Patch: least(70)}, Facts{Report: Known(r), Patch: Known(&coverage.Patch{Unreported: []string{"src/new.go"}})}, W, []string{
			"patch coverage | no data | at least 70 % | WARN | in no report, although others of their kind are: src/new.go",
		}},
		{"drop", Rules{Drop: least(1)}, Facts{Report: Known(r), Baseline: Known(before)}, F, []string{"coverage drop | 38.7 points | at most 1 points | FAILED | from 86.6 % to 48 %"}},
		{"a rise is no drop", Rules{Drop: least(0)}, Facts{Report: Known(before), Baseline: Known(r)}, P, []string{"coverage drop | 38.6 points up | at most 0 points | PASSED | from 48 % to 86.6 %"}},
		{"a drop of just what is allowed", Rules{Drop: least(0.1)}, Facts{Report: Known(report(map[string][2]int{"a": {10, 1000}})), Baseline: Known(report(map[string][2]int{"a": {11, 1000}}))}, P, []string{
			"coverage drop | 0.1 points | at most 0.1 points | PASSED | from 1.1 % to 1 %",
		}},
		{"drop without a baseline", Rules{Drop: least(1)}, Facts{Report: Known(r), Baseline: Missing[*coverage.Report]("baseline.json does not exist", "")}, F, []string{
			"coverage drop | no data | at most 1 points | FAILED | baseline.json does not exist",
		}},
		{"paths", Rules{Paths: []PathRule{{Path: "src/**", Threshold: *least(50)}, {Path: "src/*.go", Each: true, Threshold: *least(50)}, {Path: "none/**"}}}, Facts{Report: Known(r)}, F, []string{
			"coverage of src/** | 40 % | at least 50 % | FAILED | 8 of 20 lines ran; 2 more would do; most lines missed in src/b.go (10), src/a.go (2)",
			"each file of src/*.go | 0 % | at least 50 % | FAILED | 1 of 2 files below: src/b.go 0 %",
			"coverage of none/** | no data | at least 0 % | FAILED | no file of the report matches",
		}},
		{"components", Rules{Components: []Component{{Name: "web", Paths: []string{"web/**"}, Total: least(80), Patch: least(1), Drop: least(0)}}}, Facts{Report: Known(r), Baseline: Known(before), Patch: Known(patch)}, P, []string{
			"web: total coverage | 80 % | at least 80 % | PASSED",
			"web: patch coverage | nothing coverable | at least 1 % | PASSED | no changed line is coverable",
			"web: coverage drop | 0 points | at most 0 points | PASSED | from 80 % to 80 %",
		}},
		{"findings", Rules{Findings: []FindingRule{{Severity: "high"}, {Severity: "any", Old: true, Threshold: *least(2)}}}, Facts{Findings: Known([]service.Finding{finding("high", service.New), finding("high", service.Old), finding("low", service.New)})}, F, []string{
			"new high and critical findings | 1 | at most 0 | FAILED | R1 at a.go:3",
			"findings | 3 | at most 2 | FAILED | R1 at a.go:3, R1 at a.go:3, R1 at a.go:3",
		}},
		{"findings nobody compared count as new", Rules{Findings: []FindingRule{{Severity: "high"}}}, Facts{Findings: Known([]service.Finding{finding("high", "")})}, F, []string{
			"new high and critical findings | 1 | at most 0 | FAILED | nothing tells new from old, so all count; R1 at a.go:3",
		}},
		{
			"a severity counts those above it",
			Rules{Findings: []FindingRule{{Severity: "high"}, {Severity: "high", Exact: true}, {Severity: "critical"}, {Severity: "low"}}},
			Facts{Findings: Known([]service.Finding{finding("critical", service.New), finding("medium", service.New)})},
			F,
			[]string{
				"new high and critical findings | 1 | at most 0 | FAILED | R1 at a.go:3",
				"new high findings | 0 | at most 0 | PASSED",
				"new critical findings | 1 | at most 0 | FAILED | R1 at a.go:3",
				"new low to critical findings | 2 | at most 0 | FAILED | R1 at a.go:3, R1 at a.go:3",
			},
		},
		{
			"a finding in no file of the commit is neither new nor old",
			Rules{Findings: []FindingRule{{Severity: "high"}, {Severity: "critical"}, {Severity: "high", Old: true, Threshold: *least(1)}, {Severity: "high", Threshold: *least(1)}}},
			Facts{Findings: Known([]service.Finding{finding("high", service.Unplaced)}), Unmatched: map[string]string{"a.go": "no such file"}},
			F,
			[]string{
				"new high and critical findings | no data | at most 0 | FAILED | 0 found, and 1 more of which it is not known: R1 at a.go:3 (no such file)",
				"new critical findings | 0 | at most 0 | PASSED",
				"high and critical findings | 1 | at most 1 | PASSED",
				"new high and critical findings | 0 | at most 1 | PASSED",
			},
		},
		{"a severity that is not known may be any", Rules{Findings: []FindingRule{{Severity: "high"}, {Severity: "unknown"}}}, Facts{Findings: Known([]service.Finding{finding("", service.New)})}, F, []string{
			"new high and critical findings | no data | at most 0 | FAILED | 0 found, and 1 more of which it is not known: R1 at a.go:3 (no severity)",
			"new unknown findings | 1 | at most 0 | FAILED | R1 at a.go:3",
		}},
		{
			"half of the findings can fail and cannot pass",
			Rules{Findings: []FindingRule{{Severity: "high"}, {Severity: "critical"}}},
			Facts{Findings: Fact[[]service.Finding]{Value: []service.Finding{finding("high", service.New)}, Why: "semgrep did not run to the end"}},
			F,
			[]string{
				"new high and critical findings | 1 | at most 0 | FAILED | R1 at a.go:3",
				"new critical findings | no data | at most 0 | FAILED | semgrep did not run to the end",
			},
		},
		{
			"partly covered lines as misses",
			Rules{Partials: Miss, Total: least(50), Patch: least(50), Branches: least(50), Paths: []PathRule{{Path: "**", Each: true, Threshold: *least(50)}}},
			Facts{Report: Known(partly()), Patch: Known(&coverage.Patch{Files: []coverage.PatchFile{{Path: "p.go", Covered: []int{1, 2}, Partial: []int{2}, Uncovered: []int{3}}}})},
			F,
			[]string{
				"total coverage | 33.3 % | at least 50 % | FAILED | 1 of 3 lines ran; 1 more would do; partly covered lines count as missed",
				"patch coverage | 33.3 % | at least 50 % | FAILED | 1 of 3 changed lines ran; 1 more would do; partly covered lines count as missed",
				"branch coverage | 25 % | at least 50 % | FAILED | 1 of 4 branches ran; 1 more would do",
				"each file of ** | 33.3 % | at least 50 % | FAILED | 1 of 1 files below: p.go 33.3 %",
			},
		},
		{"partly covered lines as hits, which is the default", Rules{Total: least(50)}, Facts{Report: Known(partly())}, P, []string{"total coverage | 66.6 % | at least 50 % | PASSED"}},
		{"no branches in the report", Rules{Branches: least(0)}, Facts{Report: Known(r)}, F, []string{"branch coverage | no data | at least 0 % | FAILED | no coverable branch in the report"}},
		{"new code beside covered lines that no report knows", Rules{Patch: least(50)}, Facts{Report: Known(r), Patch: Known(&coverage.Patch{Files: patch.Files, Unreported: []string{"src/huge.go", "src/huge_test.go", "tests/x.js", "docs/x.md"}})}, W, []string{
			"patch coverage | 66.6 % | at least 50 % | PASSED",
			"changed code in no report | 1 file | at most 0 files | WARN | in no report, although others of their kind are: src/huge.go",
		}},
		{"new code that no report knows as a failure", Rules{Unreported: &Threshold{Level: Fail}}, Facts{Report: Known(r), Patch: Known(&coverage.Patch{Unreported: []string{"src/huge.go"}})}, F, []string{
			"changed code in no report | 1 file | at most 0 files | FAILED | in no report, although others of their kind are: src/huge.go",
		}},
		{"unreported code where the change is not known", Rules{Unreported: &Threshold{Value: 1}}, Facts{Report: Known(r), Patch: Missing[*coverage.Patch]("shallow", "fetch more")}, F, []string{
			"changed code in no report | no data | at most 1 file | FAILED | shallow; fetch more",
		}},
		{"unreported code within the limit, and none to judge", Rules{Unreported: &Threshold{Value: 1}}, Facts{Report: Known(r), Patch: Known(&coverage.Patch{Unreported: []string{"src/huge.go"}})}, P, []string{
			"changed code in no report | 1 file | at most 1 file | PASSED | in no report, although others of their kind are: src/huge.go",
		}},
		{"changed lines that are known, and no report of them", Rules{Patch: least(50), Unreported: &Threshold{}}, Facts{Report: Missing[*coverage.Report]("no coverage report found", "name the report")}, F, []string{
			"patch coverage | no data | at least 50 % | FAILED | no coverage report found; name the report",
			"changed code in no report | no data | at most 0 files | FAILED | no coverage report found; name the report",
		}},
		{"unreported code without a change", Rules{Unreported: &Threshold{}}, Facts{Report: Known(r), NoChange: true}, N, nil},
		{"a report that the baseline had is lacking", Rules{Total: least(40)}, Facts{Report: Known(r), Baseline: Known(before), Lost: []string{"api/x.go", "api/y.go"}}, F, []string{
			"total coverage | 48 % | at least 40 % | PASSED",
			"coverage of the baseline's files | no data | at most 0 files lost | FAILED | the commit has 2 files that the baseline's reports name and none of this run does: api/x.go, api/y.go; is a report lacking?",
		}},
		{"lost files within the limit", Rules{Lost: least(2)}, Facts{Report: Known(r), Baseline: Known(before), Lost: []string{"api/x.go", "api/y.go"}}, P, []string{
			"coverage of the baseline's files | 2 files lost | at most 2 files lost | PASSED",
		}},
		{"lost files without a baseline", Rules{Lost: &Threshold{Missing: Warn}}, Facts{Report: Known(r)}, W, []string{"coverage of the baseline's files | no data | at most 0 files lost | WARN | no baseline to compare with"}},
		{"lost files where no rule adds them up", Rules{Patch: least(1)}, Facts{Report: Known(r), NoChange: true, Lost: []string{"x"}}, N, []string{"patch coverage |  | at least 1 % | NONE | no change to judge"}},
		{"findings not looked for", Rules{Findings: []FindingRule{{Severity: "high"}}}, Facts{Findings: Missing[[]service.Finding]("no SARIF file", "")}, F, []string{
			"new high and critical findings | no data | at most 0 | FAILED | no SARIF file",
		}},
		{"services without a rule count as they are", Rules{}, Facts{Services: []service.Verdict{verdict("codacy", F), verdict("codeant", P)}}, F, nil},
		{"an unknown verdict is no pass", Rules{Total: least(0)}, Facts{Report: Known(r), Services: []service.Verdict{verdict("codedig", U)}}, U, []string{"total coverage | 48 % | at least 0 % | PASSED"}},
		{
			"services with a rule count as it says",
			Rules{Services: []ServiceRule{{Service: "codacy", Level: Warn}, {Service: "codeant"}, {Service: "codedig", Level: Ignore}}},
			Facts{Services: []service.Verdict{verdict("codacy", F), verdict("codeant", P), verdict("codedig", F)}},
			W,
			[]string{
				"codacy gate | failed | passed | WARN",
				"codeant gate | passed | passed | PASSED",
				"codedig gate | failed | passed | NONE",
			},
		},
		{"a required service that was not asked, or has no gate", Rules{Services: []ServiceRule{{Service: "codacy"}, {Service: "codeant", Missing: Warn}}}, Facts{Services: []service.Verdict{verdict("codeant", N)}}, F, []string{
			"codacy gate | no data | passed | FAILED | the service was not asked",
			"codeant gate | no data | passed | WARN | the service has no gate for this",
		}},
	}
	for _, tt := range tests {
		tt.run(t)
	}
}

func TestJudgeTests(t *testing.T) {
	set := func(outcomes ...testrun.Outcome) Fact[*testrun.Set] {
		s := new(testrun.Set)
		for i, o := range outcomes {
			s.Cases = append(s.Cases, testrun.Case{Name: string(rune('a' + i)), Outcome: o, Seconds: float64(len(outcomes))})
		}
		return Known(s)
	}
	for _, tt := range []struct {
		name  string
		rules TestRules
		facts Facts
		want  []string
	}{
		{"failed and flaky", TestRules{Failed: least(0), Flaky: &Threshold{Level: Warn}}, Facts{Tests: set(testrun.Failed, testrun.Passed, testrun.Flaky, testrun.Failed, testrun.Failed, testrun.Failed)}, []string{
			"failed tests | 4 | at most 0 | FAILED | a, d, e and 1 more",
			"flaky tests | 1 | at most 0 | WARN | c",
		}},
		{"within", TestRules{Failed: least(1)}, Facts{Tests: set(testrun.Failed, testrun.Skipped)}, []string{"failed tests | 1 | at most 1 | PASSED | a"}},
		{"only skipped ones", TestRules{Failed: least(1), Slower: least(1)}, Facts{Tests: set(testrun.Skipped)}, []string{
			"failed tests | no data | at most 1 | FAILED | no test ran",
			"time of tests | no data | at most 1 % slower | FAILED | no test ran",
		}},
		{"slower", TestRules{Slower: least(49)}, Facts{Tests: set(testrun.Passed, testrun.Passed, testrun.Failed), OldTests: set(testrun.Passed, testrun.Passed)}, []string{
			"time of tests | 50 % slower | at most 49 % slower | FAILED | of 2 tests that passed in both runs",
		}},
		{"just as much slower as allowed", TestRules{Slower: least(50)}, Facts{Tests: set(testrun.Passed, testrun.Passed, testrun.Failed), OldTests: set(testrun.Passed, testrun.Passed)}, []string{
			"time of tests | 50 % slower | at most 50 % slower | PASSED | of 2 tests that passed in both runs",
		}},
		{"faster", TestRules{Slower: least(0)}, Facts{Tests: set(testrun.Passed), OldTests: set(testrun.Passed, testrun.Passed)}, []string{
			"time of tests | 50 % faster | at most 0 % slower | PASSED | of 1 test that passed in both runs",
		}},
		{"no baseline, and nothing in common", TestRules{Slower: &Threshold{Missing: Pass}}, Facts{Tests: set(testrun.Passed)}, []string{
			"time of tests | no data | at most 0 % slower | PASSED | no --tests-baseline to compare with; the rule lets this pass",
		}},
		{"nothing in common", TestRules{Slower: least(0)}, Facts{Tests: set(testrun.Passed), OldTests: set(testrun.Failed)}, []string{
			"time of tests | no data | at most 0 % slower | FAILED | no test passed here and in the baseline, or their times are not told",
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(Judge(Rules{Tests: tt.rules}, tt.facts).Conditions)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseThreshold(t *testing.T) {
	for in, want := range map[string]Threshold{
		"80": {Value: 80}, "70.5%:warn": {Value: 70.5, Level: Warn}, "1:fail:missing=pass": {Value: 1, Level: Fail, Missing: Pass},
		"1:missing=warn": {Value: 1, Missing: Warn}, "1:missing=fail": {Value: 1, Missing: Fail}, "1:fail": {Value: 1, Level: Fail},
	} {
		got, err := ParseThreshold(in)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "x", "-1", "80:loud", "80:missing=ignore", "Inf"} {
		if _, err := ParseThreshold(in); err == nil {
			t.Errorf("%q was taken", in)
		}
	}
}

func TestCheck(t *testing.T) {
	at := func(v float64) *Threshold { return &Threshold{Value: v} }
	for want, r := range map[string]Rules{
		"":                               {Total: at(100), Patch: at(0), Branches: at(1), Drop: at(0.5), Lost: at(1000)},
		"total: 0.8 would be less":       {Total: at(0.8)},
		"patch: 101 is more than 100 %":  {Patch: at(101)},
		"drop: 101 is more than 100 %":   {Drop: at(101)},
		"src/**: 0.5 would be less than": {Paths: []PathRule{{Path: "src/**", Threshold: *at(0.5)}}},
		"component ui: 0.5 would be":     {Components: []Component{{Name: "ui", Patch: at(0.5)}}},
	} {
		err := r.Check()
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

func TestMerge(t *testing.T) {
	file := Rules{
		Total: least(80), Patch: least(70), Paths: []PathRule{{Path: "a", Threshold: *least(1)}}, Services: []ServiceRule{{Service: "codacy"}},
		Findings: []FindingRule{{Severity: "high"}, {Severity: "low"}}, Components: []Component{{Name: "api"}}, Flaky: Ignore,
	}
	got := file.Merge(Rules{
		Total: least(90), Paths: []PathRule{{Path: "a", Threshold: *least(2)}, {Path: "b"}}, Services: []ServiceRule{{Service: "codacy", Level: Warn}},
		Findings: []FindingRule{{Severity: "high", Threshold: *least(3)}, {Severity: "high", Exact: true}}, Components: []Component{{Name: "web"}},
		Tests: TestRules{Flaky: least(1)},
	})
	want := Rules{
		Total: least(90), Patch: least(70), Paths: []PathRule{{Path: "a", Threshold: *least(2)}, {Path: "b"}}, Services: []ServiceRule{{Service: "codacy", Level: Warn}},
		Findings:   []FindingRule{{Severity: "high", Threshold: *least(3)}, {Severity: "low"}, {Severity: "high", Exact: true}},
		Components: []Component{{Name: "api"}, {Name: "web"}}, Flaky: Ignore, Tests: TestRules{Flaky: least(1)},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if file.Paths[0].Value != 1 {
		t.Error("Merge changed its receiver")
	}
}

func TestEmpty(t *testing.T) {
	if !(Rules{}).Empty() || !(Rules{Components: []Component{{Name: "api"}}}).Empty() {
		t.Error("no rule, or a component without one, is something to judge")
	}
	for name, r := range map[string]Rules{
		"a component's total": {Components: []Component{{Total: least(1)}}},
		"a component's patch": {Components: []Component{{Patch: least(1)}}},
		"a component's drop":  {Components: []Component{{Drop: least(1)}}},
		"a path and findings": {Paths: []PathRule{{Path: "a"}}, Findings: []FindingRule{{}}},
		"findings, a service": {Findings: []FindingRule{{}}, Services: []ServiceRule{{Service: "codacy"}}},
	} {
		if r.Empty() {
			t.Errorf("%s is nothing to judge", name)
		}
	}
}

func TestMergePartials(t *testing.T) {
	file := Rules{Partials: Miss}
	if got := file.Merge(Rules{}).Partials; got != Miss {
		t.Errorf("without a flag the file's word became %q", got)
	}
	if got := file.Merge(Rules{Partials: Hit}).Partials; got != Hit {
		t.Errorf("the flag's word became %q", got)
	}
}

// Whole numbers stay whole although a share is rounded down, and a loss up.
func TestNumbersThatAreShown(t *testing.T) {
	for want, got := range map[string]string{
		"29 %": percent(2, 29), "28.99 %": percent(2, 28.9999), "7 points up": points(2, -7), "6.99 points up": points(2, -6.9999),
		"7 points": points(2, 7), "7.01 points": points(2, 7.0001), "0 points": points(2, 0),
		"28.9 %": percent(1, 28.99), "38.7 points": points(1, 38.66), "38.6 points up": points(1, -38.66), "0.1 points": points(1, 1e-5),
	} {
		if got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestDecimalsOfAVerdict: as many as the most precise threshold has, so that
// what is shown is on the side of it that the verdict says, and one otherwise.
func TestDecimalsOfAVerdict(t *testing.T) {
	r := report(map[string][2]int{"a.go": {79957, 100000}})
	for _, tt := range []struct {
		rules   Rules
		actual  string
		outcome service.Outcome
	}{
		{Rules{Total: least(80)}, "79.9 %", service.Failed},
		{Rules{Total: least(79.955)}, "79.957 %", service.Passed},
		{Rules{Total: least(79.958)}, "79.957 %", service.Failed},
		{Rules{Total: least(70), Components: []Component{{Name: "c", Paths: []string{"**"}, Total: least(79.25)}}}, "79.95 %", service.Passed},
		{Rules{Total: least(70), Paths: []PathRule{{Path: "**", Threshold: *least(60.125)}}}, "79.957 %", service.Passed},
		{Rules{Total: least(70), Unreported: &Threshold{Value: 0.25}}, "79.9 %", service.Passed},
	} {
		v := Judge(tt.rules, Facts{Report: Known(r)})
		if c := v.Conditions[0]; c.Actual != tt.actual || c.Result != tt.outcome {
			t.Errorf("%+v", c)
		}
		if got := v.Digits.Percent(r.Totals().Lines); got != tt.actual {
			t.Errorf("the page says %s, the condition %s", got, tt.actual)
		}
	}
}
