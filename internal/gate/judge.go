package gate

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// Facts are what is judged.
type Facts struct {
	Report   Fact[*coverage.Report]
	Baseline Fact[*coverage.Report]
	Patch    Fact[*coverage.Patch]
	Findings Fact[[]service.Finding]
	Services []service.Verdict
	Tests    Fact[*testrun.Set]
	OldTests Fact[*testrun.Set] // of an earlier run, to compare times with

	// NoChange says that there is no change to judge, as on a push to the main
	// branch: then rules over a patch do not apply.
	NoChange bool
	// Unmatched leads from paths in Findings that are no file of the commit to
	// the reason.
	Unmatched map[string]string
	// NoAge says why findings in files of the commit may be neither new nor old.
	NoAge string
	// Lost are the files of the baseline that no report names, although the
	// commit has them.
	Lost []string
	// LostReports are the reports that the baseline was made of and this run
	// lacks, whether or not others name their files.
	LostReports []string
	// Carried are the components whose files are, by git, those of an earlier
	// commit, which is where their coverage was measured.
	Carried map[string]string
	// FlakyNow and FlakyBefore are the lines that flip back and forth over the
	// runs that are kept, by file: of Report, and of Baseline.
	FlakyNow, FlakyBefore map[string][]int
}

// Judge returns the one verdict over the facts: each rule a condition, in the
// order of Rules, and each service's verdict beside them. Missing data counts
// against a rule as the rule says, and is never silently a pass.
func Judge(r Rules, f Facts) Verdict {
	j := &judgement{rules: r, facts: f}
	all := scope{report: f.Report.Value, baseline: f.Baseline.Value, patch: f.Patch.Value, partials: r.Partials}
	j.scope("", all, Component{Total: r.Total, Patch: r.Patch, Drop: r.Drop})
	j.branches()
	j.unreportedCode(all)
	j.lost()
	for _, p := range r.Paths {
		j.paths(p)
	}
	for _, c := range r.Components {
		first := len(j.conditions)
		j.scope(c.Name+": ", all.only(c.Paths), c)
		for i := first; i < len(j.conditions) && f.Carried[c.Name] != ""; i++ {
			j.conditions[i].Why = sentences(j.conditions[i].Why, fmt.Sprintf("carried from %.7s", f.Carried[c.Name]))
		}
	}
	for _, fr := range r.Findings {
		j.findings(fr)
	}
	j.tests()
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
	rules      Rules
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

// sentences joins reasons.
func sentences(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
