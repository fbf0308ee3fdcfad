package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// scope is what rules over coverage look at: everything, or a component.
type scope struct {
	report, baseline *coverage.Report
	patch            *coverage.Patch
	partials         Partials
	paths            []string // globs; nil is everything
}

func (s scope) only(paths []string) scope {
	s.paths = paths
	return s
}

func (s scope) has(path string) bool { return s.paths == nil || Matches(s.paths, path) }

// Matches reports whether one of the globs matches the path.
func Matches(globs []string, path string) bool {
	return slices.ContainsFunc(globs, func(g string) bool {
		ok, err := doublestar.Match(g, path)
		return ok && err == nil
	})
}

// Lines counts the lines of a report's files that the globs match; nil globs
// match all, a nil report has none.
func (p Partials) Lines(r *coverage.Report, globs []string) coverage.Count {
	var c coverage.Count
	if r == nil {
		return c
	}
	for _, f := range r.Files() {
		if globs == nil || Matches(globs, f.Path) {
			n := p.count(f)
			c.Covered, c.Coverable = c.Covered+n.Covered, c.Coverable+n.Coverable
		}
	}
	return c
}

// count counts the lines of a file.
func (p Partials) count(f *coverage.File) coverage.Count {
	c := f.Totals().Lines
	if p != Miss {
		return c
	}
	for line, b := range f.Branches() {
		if hits, coverable := f.Line(line); coverable && hits > 0 && b.Covered < b.Total {
			c.Covered--
		}
	}
	return c
}

// PatchLines counts the changed lines in files that the globs match.
func (p Partials) PatchLines(patch *coverage.Patch, globs []string) coverage.Count {
	var c coverage.Count
	for _, f := range patch.Files {
		if globs == nil || Matches(globs, f.Path) {
			n := f.Count()
			if p == Miss {
				n.Covered -= len(f.Partial)
			}
			c.Covered, c.Coverable = c.Covered+n.Covered, c.Coverable+n.Coverable
		}
	}
	return c
}

func (s scope) lines(r *coverage.Report) coverage.Count { return s.partials.Lines(r, s.paths) }

// scope judges the thresholds of a component, or of everything.
func (j *judgement) scope(prefix string, s scope, c Component) {
	if c.Total != nil {
		j.least(prefix+"total coverage", s.lines(s.report), *c.Total, "line")
		j.heaviest(s.paths)
	}
	if c.Patch != nil {
		j.patch(prefix+"patch coverage", s, *c.Patch)
	}
	if c.Drop != nil {
		j.drop(prefix+"coverage drop", s, *c.Drop)
	}
}

// branches judges the share of all branches that ran.
func (j *judgement) branches() {
	t := j.rules.Branches
	if t == nil {
		return
	}
	var c coverage.Count
	if r := j.facts.Report.Value; r != nil {
		b := r.Totals().Branches
		c = coverage.Count{Covered: b.Covered, Coverable: b.Total}
	}
	j.least("branch coverage", c, *t, "branch")
}

// least judges a share of lines that should be at least so many percent.
func (j *judgement) least(name string, c coverage.Count, t Threshold, noun string) {
	wanted := "at least " + number(t.Value) + " %"
	p, ok := c.Percent()
	if !ok {
		why := j.facts.Report.reason("no coverage report")
		if j.facts.Report.Known() {
			why = "no coverable " + noun + " in the report"
		}
		j.missing(name, wanted, why, t)
		return
	}
	why := ""
	if p < t.Value {
		why = fmt.Sprintf("%d of %d %s ran; %d more would do", c.Covered, c.Coverable, plural(noun), needed(c, t.Value))
		if j.rules.Partials == Miss && noun != "branch" {
			why += "; partly covered lines count as missed"
		}
	}
	j.add(service.Condition{Name: name, Actual: percent(p), Wanted: wanted, Result: met(why == "", t), Why: why})
}

// epsilon is what sums of floating-point numbers may be off by. A single share
// needs none: the quotient of two counts is the nearest number there is, and so
// is the threshold as it was written.
const epsilon = 1e-9

// needed is how many more of the coverable lines must run to reach a share.
func needed(c coverage.Count, min float64) int {
	return int(math.Ceil(min*float64(c.Coverable)/100-epsilon)) - c.Covered
}

func plural(noun string) string {
	if noun == "branch" {
		return "branches"
	}
	return noun + "s"
}

func (j *judgement) patch(name string, s scope, t Threshold) {
	wanted := "at least " + number(t.Value) + " %"
	if !j.facts.Patch.Known() {
		if j.facts.NoChange {
			j.add(service.Condition{Name: name, Wanted: wanted, Result: service.None, Why: j.facts.Patch.reason("no change to judge")})
			return
		}
		j.missing(name, wanted, j.facts.Patch.reason("the changed lines are not known"), t)
		return
	}
	c := s.partials.PatchLines(s.patch, s.paths)
	if c.Coverable > 0 {
		j.least(name, c, t, "changed line")
		return
	}
	if names := j.unreported(s); len(names) > 0 {
		// Perhaps code that needs no test: a person has to look.
		if t.Missing == "" {
			t.Missing = Warn
		}
		j.missing(name, wanted, unreportedWhy+some(names, 3), t)
		return
	}
	j.add(service.Condition{Name: name, Actual: "nothing coverable", Wanted: wanted, Result: service.Passed, Why: "no changed line is coverable"})
}

func files(n int) string { return count(n, "file") }

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

func (j *judgement) drop(name string, s scope, t Threshold) {
	wanted := "at most " + number(t.Value) + " points"
	nowLines, beforeLines, without := s.lines(s.report), s.lines(s.baseline), ""
	if j.rules.Flaky == Ignore {
		var n int
		nowLines, n = s.without(nowLines, s.report, j.facts.FlakyNow)
		beforeLines, _ = s.without(beforeLines, s.baseline, j.facts.FlakyBefore)
		if n > 0 {
			without = fmt.Sprintf(", without flaky lines: %d", n)
		}
	}
	now, ok := nowLines.Percent()
	before, ok2 := beforeLines.Percent()
	switch {
	case !ok:
		j.missing(name, wanted, j.facts.Report.reason("no coverage report"), t)
	case !ok2:
		j.missing(name, wanted, j.facts.Baseline.reason("no baseline to compare with"), t)
	default:
		c := service.Condition{Name: name, Actual: points(before - now), Wanted: wanted, Why: fmt.Sprintf("from %s to %s%s", percent(before), percent(now), without)}
		c.Result = met(before-now <= t.Value+epsilon, t)
		j.add(c)
	}
}

// without takes lines out of a count of the report, and returns how many.
func (s scope) without(c coverage.Count, r *coverage.Report, lines map[string][]int) (coverage.Count, int) {
	n := 0
	for path, list := range lines {
		f := r.Lookup(path)
		if f == nil || !s.has(path) {
			continue
		}
		for _, line := range list {
			hits, coverable := f.Line(line)
			if !coverable {
				continue
			}
			n++
			c.Coverable--
			if b := f.BranchesOf(line); hits > 0 && (s.partials != Miss || b.Covered >= b.Total) {
				c.Covered--
			}
		}
	}
	return c, n
}

func (j *judgement) paths(r PathRule) {
	name := "coverage of " + r.Path
	if !r.Each {
		c := j.rules.Partials.Lines(j.facts.Report.Value, []string{r.Path})
		if c.Coverable == 0 && j.facts.Report.Known() {
			j.missing(name, "at least "+number(r.Value)+" %", "no file of the report matches", r.Threshold)
			return
		}
		j.least(name, c, r.Threshold, "line")
		j.heaviest([]string{r.Path})
		return
	}
	j.eachFile(r)
}

// heaviest adds to a condition that was just not met the files in which most
// lines were missed.
func (j *judgement) heaviest(globs []string) {
	c, r := &j.conditions[len(j.conditions)-1], j.facts.Report.Value
	if c.Result == service.Passed || r == nil || c.Why == "" {
		return
	}
	type missed struct {
		path  string
		lines int
	}
	var all []missed
	for _, f := range r.Files() {
		if globs != nil && !Matches(globs, f.Path) {
			continue
		}
		if n := j.rules.Partials.count(f); n.Coverable > n.Covered {
			all = append(all, missed{f.Path, n.Coverable - n.Covered})
		}
	}
	if len(all) < 2 {
		return // the only one is all of it
	}
	slices.SortStableFunc(all, func(a, b missed) int { return b.lines - a.lines })
	var names []string
	for _, m := range all[:min(3, len(all))] {
		names = append(names, fmt.Sprintf("%s (%d)", m.path, m.lines))
	}
	c.Why += "; most lines missed in " + strings.Join(names, ", ")
}

// eachFile judges a path rule for every file by itself.
func (j *judgement) eachFile(r PathRule) {
	c := service.Condition{Name: "each file of " + r.Path, Wanted: "at least " + number(r.Value) + " %"}
	worst, files := math.Inf(1), 0
	var below []string
	if report := j.facts.Report.Value; report != nil {
		for _, f := range report.Files() {
			p, ok := j.rules.Partials.count(f).Percent()
			if !ok || !Matches([]string{r.Path}, f.Path) {
				continue
			}
			files++
			worst = min(worst, p)
			if p < r.Value {
				below = append(below, f.Path+" "+percent(p))
			}
		}
	}
	if files == 0 {
		j.missing(c.Name, c.Wanted, j.facts.Report.reason("no file of the report matches"), r.Threshold)
		return
	}
	c.Actual, c.Result = percent(worst), met(len(below) == 0, r.Threshold)
	if len(below) > 0 {
		c.Why = fmt.Sprintf("%d of %d files below: %s", len(below), files, some(below, 3))
	}
	j.add(c)
}
