package clover

import (
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// A condition that was true in one run and false in another had both branches,
// and two conditions of a line are four.
func TestConditions(t *testing.T) {
	t.Parallel()
	cond := func(yes, no string) string {
		return `<line num="4" type="cond" truecount="` + yes + `" falsecount="` + no + `"/>`
	}
	for name, c := range map[string]struct {
		runs []string
		want coverage.Branches
	}{
		"one way each":   {[]string{cond("3", "0"), cond("0", "2")}, coverage.Branches{Covered: 2, Total: 2}},
		"one way":        {[]string{cond("3", "0"), cond("1", "0")}, coverage.Branches{Covered: 1, Total: 2}},
		"two conditions": {[]string{cond("3", "0") + cond("0", "0")}, coverage.Branches{Covered: 1, Total: 4}},
	} {
		whole := coverage.New()
		for _, run := range c.runs {
			report, err := Parse(strings.NewReader(`<coverage generated="1"><project><file name="a.java"><line num="3" type="stmt" count="1"/>` + run + `</file></project></coverage>`))
			if err != nil {
				t.Fatal(err)
			}
			whole.Merge(report)
		}
		if got := whole.File("a.java").BranchesOf(4); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
	}
}
