package gate

import (
	"cmp"
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// scope judges the thresholds of a component, or of everything.
func (j *judgement) scope(prefix string, s scope, c Component) {
	if c.Total != nil {
		j.least(atLeast(prefix+"total coverage", *c.Total), s.lines(s.report), "line")
		j.heaviest(s.paths)
	}
	if c.Patch != nil {
		j.patch(atLeast(prefix+"patch coverage", *c.Patch), s)
	}
	if c.Drop != nil {
		j.drop(rule{prefix + "coverage drop", "at most " + number(c.Drop.Value) + " points", *c.Drop}, s)
	}
}

// atLeast is a rule over a share.
func atLeast(name string, t Threshold) rule {
	return rule{name, "at least " + number(t.Value) + " %", t}
}

// branches judges the share of all branches that ran. Many formats name none:
// then there is no data, which a project that wants branches has to be told.
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
	j.least(atLeast("branch coverage", *t), c, "branch")
}

// least judges a share of lines that should be at least so many percent. A share
// of nothing is no number, neither 0 nor 100: it is missing.
func (j *judgement) least(r rule, c coverage.Count, noun string) {
	p, ok := c.Percent()
	if !ok {
		why := j.facts.Report.reason("no coverage report")
		if j.facts.Report.Known() {
			why = "no coverable " + noun + " in the report"
		}
		j.missing(r, why)
		return
	}
	// The exact share is compared, never the one that is shown: 79.999 is not 80.
	why := ""
	if p < r.Value {
		why = fmt.Sprintf("%d of %d %s ran; %d more would do", c.Covered, c.Coverable, console.Plural(noun), needed(c, r.Value))
		if j.rules.Partials == Miss && noun != "branch" {
			why += "; partly covered lines count as missed"
		}
	}
	j.judged(r, why == "", percent(j.digits, p), why)
}

// epsilon is what sums of floating-point numbers may be off by. A single share
// needs none: the quotient of two counts is the nearest number there is, and so
// is the threshold as it was written.
const epsilon = 1e-9

// needed is how many more of the coverable lines must run to reach a share. The
// product may be a hair above a whole number, which would ask for one line more.
func needed(c coverage.Count, min float64) int {
	return int(math.Ceil(min*float64(c.Coverable)/100-epsilon)) - c.Covered
}

// patch judges the changed lines. A change without a coverable line has nothing
// to test, unless it is code that the reports should name and do not, or no file
// of theirs has one.
func (j *judgement) patch(r rule, s scope) {
	if !j.facts.Patch.Known() {
		if j.facts.NoChange { // a push to the main branch: the rule is about something else
			j.add(service.Condition{Name: r.name, Wanted: r.wanted, Result: service.None, Why: j.facts.Patch.reason("no change to judge")})
			return
		}
		j.missing(r, j.noPatch())
		return
	}
	c := s.partials.PatchLines(s.patch, s.paths)
	if c.Coverable > 0 {
		j.least(r, c, "changed line")
		return
	}
	if report := j.facts.Report.Value; report != nil && report.Totals().Lines.Coverable == 0 {
		j.least(r, c, "line")
		return
	}
	if names := j.unreported(s); len(names) > 0 {
		// Perhaps code that needs no test: a person has to look.
		r.Missing = cmp.Or(r.Missing, Warn)
		j.missing(r, unreportedWhy+some(names))
		return
	}
	j.judged(r, true, "nothing coverable", "no changed line is coverable")
}

// noPatch is why there is no coverage of the change: without a reason of its own it is
// that there is none of anything.
func (j *judgement) noPatch() string {
	return j.facts.Patch.reason(j.facts.Report.reason("the changed lines are not known"))
}

// drop judges what was lost since the baseline, in percentage points: from 80 %
// to 76 % are 4 of them, and not the 5 % that were lost of what there was. Both
// sides count partly covered lines by the rules of now, so that a project that
// changes its mind is not told of a loss.
func (j *judgement) drop(r rule, s scope) {
	nowLines, beforeLines, without := s.lines(s.report), s.lines(s.baseline), ""
	if j.rules.Flaky == Ignore {
		// Such lines leave both sides, also those that ran in both runs: else their
		// share would rise and fall with chance.
		var n int
		nowLines, n = s.without(nowLines, s.report, j.facts.FlakyNow)
		beforeLines, _ = s.without(beforeLines, s.baseline, j.facts.FlakyBefore)
		if n > 0 {
			without = fmt.Sprintf(", without flaky lines: %d", n)
		}
	}
	// A side without a coverable line has no share, and nothing can be lost of it
	// or against it.
	now, ok := nowLines.Percent()
	before, ok2 := beforeLines.Percent()
	switch {
	case !ok:
		j.missing(r, j.facts.Report.reason("no coverage report"))
	case !ok2:
		j.missing(r, j.facts.Baseline.reason("no baseline to compare with"))
	default:
		j.judged(r, before-now <= r.Value+epsilon, points(j.digits, before-now), fmt.Sprintf("from %s to %s%s", percent(j.digits, before), percent(j.digits, now), without))
	}
}

// paths judges a path rule, for all files together or for each.
func (j *judgement) paths(p PathRule) {
	if p.Each {
		j.eachFile(p)
		return
	}
	r, globs := atLeast("coverage of "+p.Path, p.Threshold), []string{p.Path}
	c := j.rules.Partials.Lines(j.facts.Report.Value, globs)
	if c.Coverable == 0 && j.facts.Report.Known() {
		// A glob that matches nothing is a mistake in it, or a report that is lacking.
		j.missing(r, "no file of the report matches")
		return
	}
	j.least(r, c, "line")
	j.heaviest(globs)
}

// heaviest adds to the condition that was added last, if it is not met, the files
// in which most lines were missed: that is where tests help most, whatever the
// shares of small files are.
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
		if n := j.rules.Partials.Count(f); n.Coverable > n.Covered && matches(globs, f.Path) {
			all = append(all, missed{f.Path, n.Coverable - n.Covered})
		}
	}
	if len(all) < 2 {
		return // the only one is all of it
	}
	sort.SliceStable(all, func(i, j int) bool { return all[j].lines < all[i].lines })
	var names []string
	for _, m := range all[:min(named, len(all))] {
		names = append(names, fmt.Sprintf("%s (%d)", m.path, m.lines))
	}
	c.Why += "; most lines missed in " + strings.Join(names, ", ")
}

// eachFile judges a path rule for every file by itself. A file without a
// coverable line has no share and is left out; if all are, the rule has no data.
func (j *judgement) eachFile(p PathRule) {
	r := atLeast("each file of "+p.Path, p.Threshold)
	worst, files := math.Inf(1), 0
	var below []string
	if report := j.facts.Report.Value; report != nil {
		for _, f := range report.Files() {
			share, ok := j.rules.Partials.Count(f).Percent()
			if !ok || !Matches([]string{p.Path}, f.Path) {
				continue
			}
			files++
			worst = min(worst, share)
			if share < p.Value {
				below = append(below, f.Path+" "+percent(j.digits, share))
			}
		}
	}
	if files == 0 {
		j.missing(r, j.facts.Report.reason("no file of the report matches"))
		return
	}
	why := ""
	if len(below) > 0 {
		why = fmt.Sprintf("%d of %d files below: %s", len(below), files, some(below))
	}
	j.judged(r, why == "", percent(j.digits, worst), why)
}
