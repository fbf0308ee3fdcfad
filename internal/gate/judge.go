package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
