package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
	"github.com/gatewright/gatewright/internal/testrun"
)

// Facts are what is judged. Judge reads them and changes none: they may be judged
// again by other rules. Paths are slash-separated and relative to the
// repository's root, whatever system the reports are from.
type Facts struct {
	Report   Fact[*coverage.Report] // of this run, all parts joined
	Baseline Fact[*coverage.Report] // of the run that this one is compared with
	// Patch joins the changed lines with Report. It is missing where the checkout
	// is not the commit that the reports are about: lines would be those of
	// another text.
	Patch Fact[*coverage.Patch]
	// Findings are those of all scanners. Missing ones may hold what was found: a
	// scanner that broke off has found what it has found.
	Findings Fact[[]service.Finding]
	// Services are the verdicts that were waited for. A service that could not be
	// asked has none, which is not a pass where a rule asks for it.
	Services []service.Verdict
	Tests    Fact[*testrun.Set]
	OldTests Fact[*testrun.Set] // of an earlier run, to compare times with

	// NoChange says that there is no change to judge, as on a push to the main
	// branch: then rules over a patch do not apply.
	NoChange bool
	// Unmatched leads from paths in Findings that are no file of the commit to
	// the reason.
	Unmatched map[string]string
	// NoAge says why findings in files of the commit may be neither new nor old,
	// as where a baseline is there and a log of it did not run to the end.
	NoAge string
	// Lost are the files of the baseline that no report names, although the
	// commit has them: a job of a matrix that broke off takes its files with it,
	// and what is left may well have a better share than all had.
	Lost []string
	// LostReports are the reports that the baseline was made of and this run
	// lacks, whether or not others name their files.
	LostReports []string
	// Carried are the components whose files are, by git, those of an earlier
	// commit, which is where their coverage was measured: by component the
	// commit. Their conditions say so, as nobody tested them in this run.
	Carried map[string]string
	// FlakyNow and FlakyBefore are the lines that flip back and forth over the
	// runs that are kept, by file, ascending: of Report, and of Baseline. The two
	// name the same lines by the numbers of their own texts.
	FlakyNow, FlakyBefore map[string][]int
}

// Judge returns the one verdict over the facts: each rule a condition, in the
// order of Rules, and each service's verdict beside them. Missing data counts
// against a rule as the rule says, and is never silently a pass. The order does
// not hang on the facts, so that the lines of two runs stand in the same places.
func Judge(r Rules, f Facts) Verdict {
	j := &judgement{rules: r, facts: f, digits: r.digits()}
	all := scope{report: f.Report.Value, baseline: f.Baseline.Value, patch: f.Patch.Value, partials: r.Partials}
	j.scope("", all, Component{Total: r.Total, Patch: r.Patch, Drop: r.Drop})
	j.branches()
	j.unreportedCode(all)
	j.lost()
	for _, p := range r.Paths {
		j.paths(p)
	}
	// Components may overlap, and need not cover everything: each is judged by
	// itself, and the total is no sum of theirs.
	for _, c := range r.Components {
		part, first := all, len(j.conditions)
		part.paths = c.Paths
		j.scope(c.Name+": ", part, c)
		for i := first; i < len(j.conditions) && f.Carried[c.Name] != ""; i++ {
			why := &j.conditions[i].Why
			*why = strings.TrimPrefix(fmt.Sprintf("%s; carried from %.7s", *why, f.Carried[c.Name]), "; ")
		}
	}
	for _, fr := range r.Findings {
		j.findings(fr)
	}
	j.tests()
	for _, s := range r.Services {
		j.service(s)
	}
	// A service that a rule names counts as that rule says, not once more.
	v := Combine(j.conditions, slices.DeleteFunc(slices.Clone(f.Services), func(v service.Verdict) bool {
		return slices.ContainsFunc(r.Services, func(s ServiceRule) bool { return s.Service == v.Service })
	}))
	v.Services, v.Digits = f.Services, j.digits
	return v
}

// judgement is one verdict while it is made.
type judgement struct {
	rules      Rules
	facts      Facts
	digits     coverage.Digits // of all numbers, so that they can be compared
	conditions []service.Condition
}

// add adds a condition.
func (j *judgement) add(c service.Condition) { j.conditions = append(j.conditions, c) }

// rule is a threshold in words: what is judged, and what is wanted of it.
type rule struct {
	name, wanted string
	Threshold
}

// judged adds the condition of a rule whose data is there.
func (j *judgement) judged(r rule, ok bool, actual, why string) {
	result := service.Passed
	if !ok {
		result = outcome(r.Level)
	}
	j.add(service.Condition{Name: r.name, Actual: actual, Wanted: r.wanted, Result: result, Why: why})
}

// missing adds the condition of a rule whose data is not there. It counts as a
// miss unless the rule says otherwise in so many words: what was not looked at
// is not fine.
func (j *judgement) missing(r rule, why string) {
	level := cmp.Or(r.Missing, r.Level)
	if level == Pass {
		why += "; the rule lets this pass"
	}
	j.add(service.Condition{Name: r.name, Actual: "no data", Wanted: r.wanted, Result: outcome(level), Why: why})
}

// outcome is what a rule's level makes of a condition that was not met. The
// empty level fails: a rule without one was written to be kept.
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

// service judges what a service said, by what the project makes of it.
func (j *judgement) service(s ServiceRule) {
	r := rule{s.Service + " gate", "passed", Threshold{Level: s.Level, Missing: s.Missing}}
	i := slices.IndexFunc(j.facts.Services, func(v service.Verdict) bool { return v.Service == s.Service })
	if i < 0 {
		j.missing(r, "the service was not asked")
		return
	}
	switch o := j.facts.Services[i].Outcome; o {
	case service.Passed:
		j.judged(r, true, "passed", "")
	case service.Warned: // whatever the level: the service itself lets it pass
		j.add(service.Condition{Name: r.name, Actual: "warn", Wanted: r.wanted, Result: o})
	case service.Failed:
		j.judged(r, false, "failed", "")
	case service.None:
		j.missing(r, "the service has no gate for this")
	default:
		j.missing(r, "the service finished without a verdict")
	}
}
