package gate

import (
	"fmt"
	"math"
	"path"
	"slices"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// scope is what rules over coverage look at: everything, or a component.
type scope struct {
	report, baseline *coverage.Report
	patch            *coverage.Patch
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
func Lines(r *coverage.Report, globs []string) coverage.Count {
	var c coverage.Count
	if r == nil {
		return c
	}
	for _, f := range r.Files() {
		if globs == nil || Matches(globs, f.Path) {
			n := f.Totals().Lines
			c.Covered, c.Coverable = c.Covered+n.Covered, c.Coverable+n.Coverable
		}
	}
	return c
}

// PatchLines counts the changed lines in files that the globs match.
func PatchLines(p *coverage.Patch, globs []string) coverage.Count {
	var c coverage.Count
	for _, f := range p.Files {
		if globs == nil || Matches(globs, f.Path) {
			n := f.Count()
			c.Covered, c.Coverable = c.Covered+n.Covered, c.Coverable+n.Coverable
		}
	}
	return c
}

func (j *judgement) scope(prefix string, s scope, total, patch, drop *Threshold) {
	if total != nil {
		j.least(prefix+"total coverage", Lines(s.report, s.paths), *total, "line")
	}
	if patch != nil {
		j.patch(prefix+"patch coverage", s, *patch)
	}
	if drop != nil {
		j.drop(prefix+"coverage drop", s, *drop)
	}
}

// least judges a share of lines that should be at least so many percent.
func (j *judgement) least(name string, c coverage.Count, t Threshold, noun string) {
	wanted := "at least " + number(t.Value) + " %"
	p, ok := c.Percent()
	if !ok {
		why := j.facts.NoReport
		if j.facts.Report != nil {
			why = "no coverable line in the report"
		}
		j.missing(name, wanted, orElse(why, "no coverage report"), t)
		return
	}
	why := ""
	if p < t.Value {
		why = fmt.Sprintf("%d of %d %ss ran; %d more would do", c.Covered, c.Coverable, noun, needed(c, t.Value))
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

func (j *judgement) patch(name string, s scope, t Threshold) {
	wanted := "at least " + number(t.Value) + " %"
	if s.patch == nil {
		if j.facts.PatchNotAsked {
			j.add(service.Condition{Name: name, Wanted: wanted, Result: service.None, Why: orElse(j.facts.NoPatch, "no change to judge")})
			return
		}
		j.missing(name, wanted, orElse(j.facts.NoPatch, "the changed lines are not known"), t)
		return
	}
	c := PatchLines(s.patch, s.paths)
	if c.Coverable > 0 {
		j.least(name, c, t, "changed line")
		return
	}
	if names := j.unreported(s); len(names) > 0 {
		// Perhaps tests, perhaps code that no test loads: a person has to look.
		if t.Missing == "" {
			t.Missing = Warn
		}
		j.missing(name, wanted, "in no report, although others of their kind are: "+some(names, 3), t)
		return
	}
	j.add(service.Condition{Name: name, Actual: "nothing coverable", Wanted: wanted, Result: service.Passed, Why: "no changed line is coverable"})
}

// unreported lists changed files that no report names although it names
// others with the same ending.
func (j *judgement) unreported(s scope) []string {
	kinds := map[string]bool{}
	if j.facts.Report != nil {
		for _, f := range j.facts.Report.Files() {
			kinds[path.Ext(f.Path)] = true
		}
	}
	var names []string
	for _, p := range s.patch.Unreported {
		if s.has(p) && kinds[path.Ext(p)] {
			names = append(names, p)
		}
	}
	return names
}

func (j *judgement) drop(name string, s scope, t Threshold) {
	wanted := "at most " + number(t.Value) + " points"
	now, ok := Lines(s.report, s.paths).Percent()
	before, ok2 := Lines(s.baseline, s.paths).Percent()
	switch {
	case !ok:
		j.missing(name, wanted, orElse(j.facts.NoReport, "no coverage report"), t)
	case !ok2:
		j.missing(name, wanted, orElse(j.facts.NoBaseline, "no baseline to compare with"), t)
	default:
		c := service.Condition{Name: name, Actual: points(before - now), Wanted: wanted, Why: fmt.Sprintf("from %s to %s", percent(before), percent(now))}
		c.Result = met(before-now <= t.Value+epsilon, t)
		j.add(c)
	}
}

func (j *judgement) paths(r PathRule) {
	name := "coverage of " + r.Path
	if !r.Each {
		c := Lines(j.facts.Report, []string{r.Path})
		if c.Coverable == 0 && j.facts.Report != nil {
			j.missing(name, "at least "+number(r.Value)+" %", "no file of the report matches", r.Threshold)
			return
		}
		j.least(name, c, r.Threshold, "line")
		return
	}
	j.eachFile(r)
}

// eachFile judges a path rule for every file by itself.
func (j *judgement) eachFile(r PathRule) {
	c := service.Condition{Name: "each file of " + r.Path, Wanted: "at least " + number(r.Value) + " %"}
	worst, files := math.Inf(1), 0
	var below []string
	if j.facts.Report != nil {
		for _, f := range j.facts.Report.Files() {
			p, ok := f.Totals().Lines.Percent()
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
		j.missing(c.Name, c.Wanted, orElse(j.facts.NoReport, "no file of the report matches"), r.Threshold)
		return
	}
	c.Actual, c.Result = percent(worst), met(len(below) == 0, r.Threshold)
	if len(below) > 0 {
		c.Why = fmt.Sprintf("%d of %d files below: %s", len(below), files, some(below, 3))
	}
	j.add(c)
}
