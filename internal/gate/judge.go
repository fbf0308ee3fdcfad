package gate

import (
	"fmt"
	"math"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// Facts are what is judged. What is nil was not measured; the sentence beside
// it says why, for the reader of the verdict.
type Facts struct {
	Report   *coverage.Report
	Baseline *coverage.Report
	Patch    *coverage.Patch
	Findings []service.Finding
	Services []service.Verdict

	NoReport   string // why there is no report
	NoBaseline string
	NoPatch    string
	NoFindings string // why there are no findings; "" means that Findings is what was found, if only nothing

	// PatchNotAsked says that there is no change to judge, as on a push to the
	// main branch: then rules over a patch do not apply.
	PatchNotAsked bool
}

// Judge gives the one verdict over the facts: each rule a condition, in the
// order of Rules, and each service's verdict beside them. Missing data counts
// against a rule as the rule says, and is never silently a pass.
func Judge(r Rules, f Facts) Verdict {
	j := &judgement{facts: f}
	all := scope{report: f.Report, baseline: f.Baseline, patch: f.Patch}
	j.scope("", all, r.Total, r.Patch, r.Drop)
	for _, p := range r.Paths {
		j.paths(p)
	}
	for _, c := range r.Components {
		j.scope(c.Name+": ", all.only(c.Paths), c.Total, c.Patch, c.Drop)
	}
	for _, fr := range r.Findings {
		j.findings(fr)
	}
	for _, s := range r.Services {
		j.service(s)
	}
	v := Combine(j.conditions, f.Services)
	outcomes := []service.Outcome{Combine(j.conditions, nil).Outcome}
	for _, s := range f.Services {
		if !slices.ContainsFunc(r.Services, func(x ServiceRule) bool { return x.Service == s.Service }) {
			outcomes = append(outcomes, s.Outcome)
		}
	}
	v.Outcome = Worst(outcomes...)
	return v
}

type judgement struct {
	facts      Facts
	conditions []service.Condition
}

func (j *judgement) add(c service.Condition) { j.conditions = append(j.conditions, c) }

// outcome is what a rule's level makes of a condition that was not met.
func outcome(l Level) service.Outcome {
	switch l {
	case Warn:
		return service.Warned
	case Pass:
		return service.Passed
	case Ignore:
		return service.None
	default:
		return service.Failed
	}
}

// met is the result of a condition that could be judged.
func met(ok bool, t Threshold) service.Outcome {
	if ok {
		return service.Passed
	}
	return outcome(t.Level)
}

// missing adds a condition over data that is not there.
func (j *judgement) missing(name, wanted, why string, t Threshold) {
	level := t.Missing
	if level == "" {
		level = t.Level
	}
	if level == Pass {
		why += "; the rule lets this pass"
	}
	j.add(service.Condition{Name: name, Actual: "no data", Wanted: wanted, Result: outcome(level), Why: why})
}

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
	if p < t.Value-epsilon {
		why = fmt.Sprintf("%d of %d %ss ran; %d more would do", c.Covered, c.Coverable, noun, needed(c, t.Value))
	}
	j.add(service.Condition{Name: name, Actual: percent(p), Wanted: wanted, Result: met(why == "", t), Why: why})
}

// epsilon keeps 4 of 5 from being less than 80 %.
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
			if p < r.Value-epsilon {
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

func (j *judgement) findings(r FindingRule) {
	noun := r.Severity + " findings"
	if r.Severity == anySeverity {
		noun = "findings"
	}
	if !r.Old {
		noun = "new " + noun
	}
	wanted := "at most " + number(r.Value)
	if j.facts.NoFindings != "" {
		j.missing(noun, wanted, j.facts.NoFindings, r.Threshold)
		return
	}
	n, unknown := 0, false
	var places []string
	for _, f := range j.facts.Findings {
		if r.Severity != anySeverity && f.Severity != r.Severity || f.Age == service.Old && !r.Old {
			continue
		}
		n++
		unknown = unknown || f.Age == ""
		places = append(places, f.Rule+" at "+place(f))
	}
	c := service.Condition{Name: noun, Actual: fmt.Sprint(n), Wanted: wanted, Result: met(float64(n) <= r.Value, r.Threshold)}
	if c.Result != service.Passed {
		c.Why = some(places, 3)
		if unknown && !r.Old {
			c.Why = "nothing tells new from old, so all count; " + c.Why
		}
	}
	j.add(c)
}

// anySeverity stands for all of them together.
const anySeverity = "any"

func (j *judgement) service(r ServiceRule) {
	c := service.Condition{Name: r.Service + " gate", Wanted: "passed"}
	t := Threshold{Level: r.Level, Missing: r.Missing}
	i := slices.IndexFunc(j.facts.Services, func(v service.Verdict) bool { return v.Service == r.Service })
	if i < 0 {
		j.missing(c.Name, c.Wanted, "the service was not asked", t)
		return
	}
	v := j.facts.Services[i]
	switch v.Outcome {
	case service.Passed, service.Warned:
		c.Actual, c.Result = strings.ToLower(string(v.Outcome)), v.Outcome
	case service.Failed:
		c.Actual, c.Result = "failed", outcome(r.Level)
	case service.None:
		j.missing(c.Name, c.Wanted, "the service has no gate for this", t)
		return
	default:
		j.missing(c.Name, c.Wanted, "the service finished without a verdict", t)
		return
	}
	j.add(c)
}

func place(f service.Finding) string {
	if f.Line == 0 {
		return f.Path
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}

// percent writes a share rounded down to two decimals, so that no number that
// is shown looks as if it met a threshold that it does not meet.
func percent(p float64) string { return number(math.Floor(p*100+1e-7)/100) + " %" }

// points writes a loss in percentage points, rounded up for the same reason.
func points(d float64) string {
	if d < -epsilon {
		return number(math.Floor(-d*100+1e-7)/100) + " points up"
	}
	return number(math.Abs(math.Ceil(max(d, 0)*100-1e-7)/100)) + " points"
}

func some(names []string, max int) string {
	if len(names) <= max {
		return strings.Join(names, ", ")
	}
	return strings.Join(names[:max], ", ") + fmt.Sprintf(" and %d more", len(names)-max)
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
