package cobertura

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/coverage/coveragetest"
)

// TestOneWayEach merges runs that say of a line's branches which did not run.
func TestOneWayEach(t *testing.T) {
	t.Parallel()
	line := func(fraction, rest string) string {
		return `<line number="5" hits="1" branch="true" condition-coverage="50% (` + fraction + `)"` + rest
	}
	missing := func(fraction, names string) string { return line(fraction, ` missing-branches="`+names+`"/>`) }
	conditions := func(fraction string, ran ...int) string {
		s := line(fraction, "><conditions>")
		for i, n := range ran {
			s += fmt.Sprintf(`<condition number="%d" type="jump" coverage="%d%%"/>`, i, n)
		}
		return s + "</conditions></line>"
	}
	// bare is a line that only says that it branches, with what grcov says of each way.
	bare := func(ran ...string) string {
		s := `<line number="5" hits="2" branch="true"><conditions>`
		for i, n := range ran {
			s += fmt.Sprintf(`<condition number="%d" type="jump" coverage="%s"/>`, i, n)
		}
		return s + "</conditions></line>"
	}
	// one is a branch, as scoverage writes it.
	one := func(hits int) string { return fmt.Sprintf(`<line number="5" hits="%d" branch="true"/>`, hits) }
	// below repeats a line below <methods>, which most tools write first.
	below := func(line string) string {
		return `</lines><methods><method name="m"><lines>` + line + `</lines></method></methods><lines>` + line
	}
	for name, c := range map[string]struct {
		runs []string
		want coverage.Branches
	}{
		"a share alone":           {[]string{`<line number="5" hits="2" branch="true" condition-coverage="75%"/>`}, coverage.Branches{Covered: 1, Total: 2}},
		"a share of none":         {[]string{`<line number="5" hits="2" branch="true" condition-coverage="0.0%"/>`}, coverage.Branches{Covered: 0, Total: 1}},
		"a share with a comma":    {[]string{`<line number="5" hits="2" branch="true" condition-coverage="0,00 %"/>`}, coverage.Branches{Covered: 0, Total: 1}},
		"a share of all":          {[]string{`<line number="5" hits="2" branch="true" condition-coverage="100.0%"/>`}, coverage.Branches{Covered: 1, Total: 1}},
		"one way each":            {[]string{missing("1/2", "6"), missing("1/2", "exit")}, coverage.Branches{Covered: 2, Total: 2}},
		"the same way":            {[]string{missing("1/2", "6"), missing("1/2", "6")}, coverage.Branches{Covered: 1, Total: 2}},
		"one of three each":       {[]string{missing("1/3", "6, 8"), missing("1/3", "6,9"), missing("1/3", "8,9")}, coverage.Branches{Covered: 3, Total: 3}},
		"neither":                 {[]string{missing("0/2", "6,8"), missing("0/2", "6,8")}, coverage.Branches{Covered: 0, Total: 2}},
		"all and some":            {[]string{missing("2/2", ""), missing("1/2", "6")}, coverage.Branches{Covered: 2, Total: 2}},
		"one does not say":        {[]string{line("1/2", "/>"), missing("1/2", "6")}, coverage.Branches{Covered: 1, Total: 2}},
		"other numbers":           {[]string{missing("1/2", "6"), missing("2/3", "8")}, coverage.Branches{Covered: 2, Total: 3}},
		"does not add up":         {[]string{missing("1/4", "6"), missing("1/4", "8")}, coverage.Branches{Covered: 1, Total: 4}},
		"one condition each":      {[]string{conditions("2/4", 100, 0), conditions("2/4", 0, 100)}, coverage.Branches{Covered: 4, Total: 4}},
		"half of each condition":  {[]string{conditions("2/4", 50, 50), conditions("2/4", 50, 50)}, coverage.Branches{Covered: 2, Total: 4}},
		"half of a single one":    {[]string{conditions("1/2", 50), conditions("1/2", 50)}, coverage.Branches{Covered: 1, Total: 2}},
		"two classes, other code": {[]string{conditions("2/4", 100, 0) + `</lines></class><class filename="a.py"><methods/><lines>` + conditions("2/4", 0, 100)}, coverage.Branches{Covered: 2, Total: 4}},
		"other conditions":        {[]string{conditions("2/4", 100, 0), strings.ReplaceAll(conditions("2/4", 0, 100), `number="1" type`, `number="7" type`)}, coverage.Branches{Covered: 2, Total: 4}},
		"one name twice":          {[]string{missing("2/4", "6,6")}, coverage.Branches{Covered: 2, Total: 4}},
		"one condition twice":     {[]string{strings.ReplaceAll(conditions("2/4", 50, 50), `number="1" type`, `number="0" type`)}, coverage.Branches{Covered: 2, Total: 4}},
		"below methods first":     {[]string{below(missing("1/2", "6")), below(missing("1/2", "7"))}, coverage.Branches{Covered: 2, Total: 2}},
		"bare":                    {[]string{bare("1", "0", "0")}, coverage.Branches{Covered: 1, Total: 3}},
		"bare, none ran":          {[]string{bare("0", "0")}, coverage.Branches{Covered: 0, Total: 2}},
		"bare, all ran":           {[]string{bare("1", "1")}, coverage.Branches{Covered: 2, Total: 2}},
		"bare, one way each":      {[]string{bare("1", "0"), bare("0", "1")}, coverage.Branches{Covered: 2, Total: 2}},
		"bare, the same way":      {[]string{bare("1", "0"), bare("1", "0")}, coverage.Branches{Covered: 1, Total: 2}},
		"bare, below methods":     {[]string{below(bare("1", "0")), below(bare("0", "1"))}, coverage.Branches{Covered: 2, Total: 2}},
		"bare, without any":       {[]string{bare(), `<line number="5" hits="0" branch="true"/>`}, coverage.Branches{Covered: 1, Total: 1}},
		"a branch each":           {[]string{one(2) + one(0) + `<line number="5" hits="2"/>` + one(0)}, coverage.Branches{Covered: 1, Total: 3}},
		"a branch each, runs":     {[]string{one(2) + one(0), one(0) + one(3)}, coverage.Branches{Covered: 2, Total: 2}},
		"a branch each, methods":  {[]string{below(one(2) + one(0))}, coverage.Branches{Covered: 1, Total: 2}},
		"a branch each, classes":  {[]string{one(2) + `</lines></class><class name="b" filename="a.py"><methods/><lines>` + one(0)}, coverage.Branches{Covered: 1, Total: 2}},
		"bare, half":              {[]string{bare("100%", "50%")}, coverage.Branches{Covered: 1, Total: 2}},
		"bare, not clear":         {[]string{bare("1", "n/a")}, coverage.Branches{Covered: 1, Total: 2}},
		"bare, two classes":       {[]string{bare("1", "0") + `</lines></class><class filename="a.py"><methods/><lines>` + bare("0", "1")}, coverage.Branches{Covered: 1, Total: 2}},
		"conditions of no number": {[]string{conditions("1/3", 50, 0), conditions("1/3", 0, 50)}, coverage.Branches{Covered: 1, Total: 3}},
	} {
		whole := coverage.New()
		for _, run := range c.runs {
			report := coveragetest.Read(t, Parse, `<coverage line-rate="1"><packages><package><classes><class filename="a.py"><methods/><lines>`+
				run+`<line number="6" hits="1"/></lines></class></classes></package></packages></coverage>`)
			report.Settle()
			whole.Merge(report)
		}
		f := whole.File("a.py")
		if got := f.BranchesOf(5); got != c.want {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
		if got := whole.Totals().Branches; got != c.want {
			t.Errorf("%s: totals %v, not %v", name, got, c.want)
		}
	}
}
