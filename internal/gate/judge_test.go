package gate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
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

func least(v float64) *Threshold { return &Threshold{Value: v} }

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

	tests := []struct {
		name  string
		rules Rules
		facts Facts
		want  service.Outcome
		cond  []service.Condition
	}{
		{"nothing to judge", Rules{}, Facts{Report: r}, N, []service.Condition{}},
		{
			"total met exactly",
			Rules{Total: least(80)},
			Facts{Report: report(map[string][2]int{"a": {4, 5}})},
			P,
			[]service.Condition{{Name: "total coverage", Actual: "80 %", Wanted: "at least 80 %", Result: P}},
		},
		{
			"total missed",
			Rules{Total: least(80)},
			Facts{Report: r},
			F,
			[]service.Condition{{Name: "total coverage", Actual: "48 %", Wanted: "at least 80 %", Result: F, Why: "12 of 25 lines ran; 8 more would do"}},
		},
		{
			"never rounded up",
			Rules{Total: least(80)},
			Facts{Report: report(map[string][2]int{"a": {79999, 100000}})},
			F,
			[]service.Condition{{Name: "total coverage", Actual: "79.99 %", Wanted: "at least 80 %", Result: F, Why: "79999 of 100000 lines ran; 1 more would do"}},
		},
		{
			"total as a warning",
			Rules{Total: &Threshold{Value: 80, Level: Warn}},
			Facts{Report: r},
			W,
			[]service.Condition{{Name: "total coverage", Actual: "48 %", Wanted: "at least 80 %", Result: W, Why: "12 of 25 lines ran; 8 more would do"}},
		},
		{
			"no report is no pass",
			Rules{Total: least(0)},
			Facts{NoReport: "no report found"},
			F,
			[]service.Condition{{Name: "total coverage", Actual: "no data", Wanted: "at least 0 %", Result: F, Why: "no report found"}},
		},
		{
			"an empty report is no pass",
			Rules{Total: least(0)},
			Facts{Report: coverage.New()},
			F,
			[]service.Condition{{Name: "total coverage", Actual: "no data", Wanted: "at least 0 %", Result: F, Why: "no coverable line in the report"}},
		},
		{
			"missing data passes only if told so",
			Rules{Total: &Threshold{Value: 1, Missing: Pass}},
			Facts{},
			P,
			[]service.Condition{{Name: "total coverage", Actual: "no data", Wanted: "at least 1 %", Result: P, Why: "no coverage report; the rule lets this pass"}},
		},
		{
			"patch",
			Rules{Patch: least(70)},
			Facts{Report: r, Patch: patch},
			F,
			[]service.Condition{{Name: "patch coverage", Actual: "66.66 %", Wanted: "at least 70 %", Result: F, Why: "2 of 3 changed lines ran; 1 more would do"}},
		},
		{
			"patch not known",
			Rules{Patch: least(70)},
			Facts{Report: r, NoPatch: "the checkout is shallow"},
			F,
			[]service.Condition{{Name: "patch coverage", Actual: "no data", Wanted: "at least 70 %", Result: F, Why: "the checkout is shallow"}},
		},
		{
			"no change to judge",
			Rules{Patch: least(70), Total: least(1)},
			Facts{Report: r, PatchNotAsked: true},
			P,
			[]service.Condition{{Name: "total coverage", Actual: "48 %", Wanted: "at least 1 %", Result: P}, {Name: "patch coverage", Wanted: "at least 70 %", Result: N, Why: "no change to judge"}},
		},
		{
			"patch of nothing coverable",
			Rules{Patch: least(70)},
			Facts{Report: r, Patch: &coverage.Patch{Unreported: []string{"README.md"}}},
			P,
			[]service.Condition{{Name: "patch coverage", Actual: "nothing coverable", Wanted: "at least 70 %", Result: P, Why: "no changed line is coverable"}},
		},
		{
			"patch of code no report knows",
			Rules{Patch: least(70)},
			Facts{Report: r, Patch: &coverage.Patch{Unreported: []string{"src/new.go"}}},
			W,
			[]service.Condition{{Name: "patch coverage", Actual: "no data", Wanted: "at least 70 %", Result: W, Why: "in no report, although others of their kind are: src/new.go"}},
		},
		{
			"drop",
			Rules{Drop: least(1)},
			Facts{Report: r, Baseline: before},
			F,
			[]service.Condition{{Name: "coverage drop", Actual: "38.67 points", Wanted: "at most 1 points", Result: F, Why: "from 86.66 % to 48 %"}},
		},
		{
			"a rise is no drop",
			Rules{Drop: least(0)},
			Facts{Report: before, Baseline: r},
			P,
			[]service.Condition{{Name: "coverage drop", Actual: "38.66 points up", Wanted: "at most 0 points", Result: P, Why: "from 48 % to 86.66 %"}},
		},
		{
			"a drop of just what is allowed",
			Rules{Drop: least(0.1)},
			Facts{Report: report(map[string][2]int{"a": {10, 1000}}), Baseline: report(map[string][2]int{"a": {11, 1000}})},
			P,
			[]service.Condition{{Name: "coverage drop", Actual: "0.1 points", Wanted: "at most 0.1 points", Result: P, Why: "from 1.1 % to 1 %"}},
		},
		{
			"drop without a baseline",
			Rules{Drop: least(1)},
			Facts{Report: r, NoBaseline: "baseline.json does not exist"},
			F,
			[]service.Condition{{Name: "coverage drop", Actual: "no data", Wanted: "at most 1 points", Result: F, Why: "baseline.json does not exist"}},
		},
		{
			"paths",
			Rules{Paths: []PathRule{{Path: "src/**", Threshold: *least(50)}, {Path: "src/*.go", Each: true, Threshold: *least(50)}, {Path: "none/**"}}},
			Facts{Report: r},
			F,
			[]service.Condition{
				{Name: "coverage of src/**", Actual: "40 %", Wanted: "at least 50 %", Result: F, Why: "8 of 20 lines ran; 2 more would do"},
				{Name: "each file of src/*.go", Actual: "0 %", Wanted: "at least 50 %", Result: F, Why: "1 of 2 files below: src/b.go 0 %"},
				{Name: "coverage of none/**", Actual: "no data", Wanted: "at least 0 %", Result: F, Why: "no file of the report matches"},
			},
		},
		{
			"components",
			Rules{Components: []Component{{Name: "web", Paths: []string{"web/**"}, Total: least(80), Patch: least(1), Drop: least(0)}}},
			Facts{Report: r, Baseline: before, Patch: patch},
			P,
			[]service.Condition{
				{Name: "web: total coverage", Actual: "80 %", Wanted: "at least 80 %", Result: P},
				{Name: "web: patch coverage", Actual: "nothing coverable", Wanted: "at least 1 %", Result: P, Why: "no changed line is coverable"},
				{Name: "web: coverage drop", Actual: "0 points", Wanted: "at most 0 points", Result: P, Why: "from 80 % to 80 %"},
			},
		},
		{
			"findings",
			Rules{Findings: []FindingRule{{Severity: "high"}, {Severity: "any", Old: true, Threshold: *least(2)}}},
			Facts{Findings: []service.Finding{finding("high", service.New), finding("high", service.Old), finding("low", service.New)}},
			F,
			[]service.Condition{
				{Name: "new high findings", Actual: "1", Wanted: "at most 0", Result: F, Why: "R1 at a.go:3"},
				{Name: "findings", Actual: "3", Wanted: "at most 2", Result: F, Why: "R1 at a.go:3, R1 at a.go:3, R1 at a.go:3"},
			},
		},
		{
			"findings nobody compared count as new",
			Rules{Findings: []FindingRule{{Severity: "high"}}},
			Facts{Findings: []service.Finding{finding("high", "")}},
			F,
			[]service.Condition{{Name: "new high findings", Actual: "1", Wanted: "at most 0", Result: F, Why: "nothing tells new from old, so all count; R1 at a.go:3"}},
		},
		{
			"findings not looked for",
			Rules{Findings: []FindingRule{{Severity: "high"}}},
			Facts{NoFindings: "no SARIF file"},
			F,
			[]service.Condition{{Name: "new high findings", Actual: "no data", Wanted: "at most 0", Result: F, Why: "no SARIF file"}},
		},
		{"services without a rule count as they are", Rules{}, Facts{Services: []service.Verdict{verdict("codacy", F), verdict("codeant", P)}}, F, []service.Condition{}},
		{
			"an unknown verdict is no pass",
			Rules{Total: least(0)},
			Facts{Report: r, Services: []service.Verdict{verdict("codedig", U)}},
			U,
			[]service.Condition{{Name: "total coverage", Actual: "48 %", Wanted: "at least 0 %", Result: P}},
		},
		{
			"services with a rule count as it says",
			Rules{Services: []ServiceRule{{Service: "codacy", Level: Warn}, {Service: "codeant"}, {Service: "codedig", Level: Ignore}}},
			Facts{Services: []service.Verdict{verdict("codacy", F), verdict("codeant", P), verdict("codedig", F)}},
			W,
			[]service.Condition{
				{Name: "codacy gate", Actual: "failed", Wanted: "passed", Result: W},
				{Name: "codeant gate", Actual: "passed", Wanted: "passed", Result: P},
				{Name: "codedig gate", Actual: "failed", Wanted: "passed", Result: N},
			},
		},
		{
			"a required service that was not asked, or has no gate",
			Rules{Services: []ServiceRule{{Service: "codacy"}, {Service: "codeant", Missing: Warn}}},
			Facts{Services: []service.Verdict{verdict("codeant", N)}},
			F,
			[]service.Condition{
				{Name: "codacy gate", Actual: "no data", Wanted: "passed", Result: F, Why: "the service was not asked"},
				{Name: "codeant gate", Actual: "no data", Wanted: "passed", Result: W, Why: "the service has no gate for this"},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			v := Judge(tt.rules, tt.facts)
			if v.Outcome != tt.want {
				t.Errorf("outcome %s, want %s", v.Outcome, tt.want)
			}
			if diff := cmp.Diff(tt.cond, v.Conditions); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseThreshold(t *testing.T) {
	for in, want := range map[string]Threshold{
		"80": {Value: 80}, "70.5%:warn": {Value: 70.5, Level: Warn}, "1:fail:missing=pass": {Value: 1, Level: Fail, Missing: Pass},
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

func TestMerge(t *testing.T) {
	file := Rules{Total: least(80), Patch: least(70), Paths: []PathRule{{Path: "a", Threshold: *least(1)}}, Services: []ServiceRule{{Service: "codacy"}}}
	got := file.Merge(Rules{Total: least(90), Paths: []PathRule{{Path: "a", Threshold: *least(2)}, {Path: "b"}}})
	want := Rules{Total: least(90), Patch: least(70), Paths: []PathRule{{Path: "a", Threshold: *least(2)}, {Path: "b"}}, Services: []ServiceRule{{Service: "codacy"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if file.Paths[0].Value != 1 {
		t.Error("Merge changed its receiver")
	}
}
