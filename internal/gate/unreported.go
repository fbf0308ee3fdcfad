package gate

import (
	"path"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
)

const unreportedWhy = "in no report, although others of their kind are: "

// unreportedCode judges changed code that no report names, wherever patch
// coverage is judged from other lines: a file that no test loads is in no report
// of most tools, and its lines would be missing from the share, not from what is
// covered. Without a rule over it that is a warning, since it may be code that
// needs no test.
func (j *judgement) unreportedCode(s scope) {
	t := Threshold{Level: Warn}
	switch {
	case j.rules.Unreported != nil:
		t = *j.rules.Unreported
	case j.rules.Patch == nil:
		return
	}
	r := rule{"changed code in no report", "at most " + console.Count(int(t.Value), "file"), t}
	if !j.facts.Patch.Known() {
		if !j.facts.NoChange && j.rules.Unreported != nil {
			j.missing(r, j.noPatch())
		}
		return
	}
	names, why := j.unreported(s), ""
	if j.rules.Unreported == nil && (len(names) == 0 || s.partials.PatchLines(s.patch, nil).Coverable == 0) {
		return // said by the rule over the patch
	}
	if len(names) > 0 {
		why = unreportedWhy + some(names)
	}
	j.judged(r, float64(len(names)) <= t.Value, console.Count(len(names), "file"), why)
}

// unreported lists changed files of code that no report names although it
// names others with the same ending: that the tool can measure them is known from
// those. Tests are no such code.
func (j *judgement) unreported(s scope) []string {
	kinds := map[string]bool{}
	if r := j.facts.Report.Value; r != nil {
		for _, f := range r.Files() {
			kinds[path.Ext(f.Path)] = true
		}
	}
	var names []string
	for _, p := range s.patch.Unreported {
		if matches(s.paths, p) && kinds[path.Ext(p)] && !IsTest(p) {
			names = append(names, p)
		}
	}
	return names
}

// IsTest reports whether a file is a test or serves tests, by the names that
// test tools look for: go test, pytest, Jest, Vitest, RSpec, Cypress, Storybook,
// JUnit, PHPUnit, xUnit, and the source sets of Android. Case counts in the names of
// files (Contest.java is none) and not in those of folders.
func IsTest(file string) bool {
	for dir := range strings.SplitSeq(path.Dir(file), "/") {
		switch strings.ToLower(dir) {
		case "test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "__fixtures__", "__mocks__", "e2e", "androidtest":
			return true
		}
	}
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	return strings.HasPrefix(name, "test_") || name == "conftest" ||
		slices.ContainsFunc([]string{"_test", "_spec", ".test", ".spec", ".cy", ".stories", "Test", "Tests", "TestCase", "Spec"}, func(end string) bool {
			return strings.HasSuffix(name, end)
		})
}
