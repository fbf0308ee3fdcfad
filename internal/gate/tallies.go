package gate

import "github.com/gatewright/gatewright/internal/coverage"

// Tally is the total of a report as one tool counts it. People compare the numbers
// of two tools and take the difference for a fault of one: the rule says why
// they differ.
type Tally struct {
	Tool    string   `json:"tool"`
	Covered int      `json:"covered"`
	Total   int      `json:"total"`
	Percent *float64 `json:"percent"` // nil where there is nothing to count
	Rule    string   `json:"rule"`
}

// Tallies returns the same report as the tools count it whose numbers people
// compare, this program's own first. Sources of the rules: the tools'
// documentation of their metrics, and for coverage.py and JaCoCo the code.
func Tallies(r *coverage.Report) []Tally {
	t := r.Totals()
	lines, branches := t.Lines, coverage.Count{Covered: t.Branches.Covered, Coverable: t.Branches.Total}
	both := coverage.Count{Covered: lines.Covered + branches.Covered, Coverable: lines.Coverable + branches.Coverable}
	withBranches := "lines and branches together: (lines that ran + branches that were taken) / (lines + branches)"
	if branches.Coverable == 0 {
		withBranches = "lines that ran of all lines; branches would count beside them, and this report has none"
	}
	all := []Tally{
		tally("Gatewright", lines, "lines that ran, if only in part, of all lines; branches apart"),
		tally("coverage.py", both, withBranches+"; shown without decimals, and as 100 only where nothing is missing"),
		tally("Codecov", Partials(Miss).Lines(r, nil), "lines that ran with all their branches, of all lines: partly covered lines count as missed; rounded down to two decimals"),
		tally("Coveralls", both, withBranches+", where the report has branches and the repository's settings count them"),
		tally("SonarQube", both, withBranches+", each branch being a condition that was true or false; one decimal"),
		tally("JaCoCo lines", lines, "lines of which any instruction ran, of all lines (counter LINE)"),
		tally("JaCoCo branches", branches, "branches that were taken, of all branches (counter BRANCH)"),
		tally("Codacy", lines, "lines that ran, of all lines, in files of the languages it knows; branches do not count"),
	}
	if r.Instructions.Coverable > 0 {
		all = append(all, tally("JaCoCo", r.Instructions, "instructions that ran, of all (counter INSTRUCTION), as the reports state them: its headline number; files outside of the commit count, and several reports add up"))
	} else {
		all = append(all, Tally{Tool: "JaCoCo", Rule: "its headline number is of instructions, which only its own reports have"})
	}
	if t.Statements.Coverable > 0 {
		all = append(all, tally("go tool cover", t.Statements, "statements of blocks that ran, of all statements; lines do not count"))
	}
	return all
}

func tally(tool string, c coverage.Count, rule string) Tally {
	t := Tally{Tool: tool, Covered: c.Covered, Total: c.Coverable, Rule: rule}
	if p, ok := c.Percent(); ok {
		t.Percent = &p
	}
	return t
}
