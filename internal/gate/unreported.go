package gate

import (
	"path"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

const unreportedWhy = "in no report, although others of their kind are: "

// unreportedCode judges changed code that no report names, wherever patch
// coverage is judged from other lines.
func (j *judgement) unreportedCode(s scope) {
	t := Threshold{Level: Warn}
	switch {
	case j.rules.Unreported != nil:
		t = *j.rules.Unreported
	case j.rules.Patch == nil:
		return
	}
	const name = "changed code in no report"
	wanted := "at most " + files(int(t.Value))
	if !j.facts.Patch.Known() {
		if !j.facts.NoChange && j.rules.Unreported != nil {
			j.missing(name, wanted, j.facts.Patch.reason("the changed lines are not known"), t)
		}
		return
	}
	names := j.unreported(s)
	if j.rules.Unreported == nil && (len(names) == 0 || s.partials.PatchLines(s.patch, nil).Coverable == 0) {
		return // said by the rule over the patch
	}
	c := service.Condition{Name: name, Actual: files(len(names)), Wanted: wanted, Result: met(float64(len(names)) <= t.Value, t)}
	if len(names) > 0 {
		c.Why = unreportedWhy + some(names, 3)
	}
	j.add(c)
}

// unreported lists changed files of code that no report names although it
// names others with the same ending. Tests are no such code.
func (j *judgement) unreported(s scope) []string {
	kinds := map[string]bool{}
	if r := j.facts.Report.Value; r != nil {
		for _, f := range r.Files() {
			kinds[path.Ext(f.Path)] = true
		}
	}
	var names []string
	for _, p := range s.patch.Unreported {
		if s.has(p) && kinds[path.Ext(p)] && !IsTest(p) {
			names = append(names, p)
		}
	}
	return names
}

// IsTest reports whether a file is a test or serves tests, by the names that
// test tools look for.
func IsTest(file string) bool {
	for _, dir := range strings.Split(path.Dir(file), "/") {
		switch strings.ToLower(dir) {
		case "test", "tests", "__tests__", "spec", "specs", "testdata", "fixtures", "__fixtures__", "__mocks__", "e2e", "androidtest":
			return true
		}
	}
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	switch {
	case strings.HasPrefix(name, "test_"), name == "conftest":
		return true
	}
	for _, end := range []string{"_test", "_spec", ".test", ".spec", ".cy", ".stories", "Test", "Tests", "TestCase", "Spec"} {
		if strings.HasSuffix(name, end) {
			return true
		}
	}
	return false
}
