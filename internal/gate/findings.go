package gate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// anySeverity stands for all of them together.
const anySeverity = "any"

// Severities are the words for how bad a finding is, worst first. Unknown is
// beside the others, not below them.
func Severities() []string {
	all := severities()
	return all[:]
}

// severities are an array, since each finding is looked up in it for each rule.
func severities() [6]string {
	return [...]string{"critical", "high", "medium", "low", "info", unknownSeverity}
}

const unknownSeverity = "unknown"

// ParseSeverity reads what a rule counts: a severity stands for itself and
// those above, one with an exclamation mark ("high!") for itself alone, "any"
// for all. ok is false for anything else.
func ParseSeverity(text string) (r FindingRule, ok bool) {
	r.Severity, r.Exact = strings.CutSuffix(text, "!")
	return r, slices.Contains(Severities(), r.Severity) || r.Severity == anySeverity && !r.Exact
}

// asks reports whether the rule counts findings of a severity. sure is false
// for those whose severity is not known, which may be any: they can neither be
// counted as critical nor be let through as if they were not.
func (r FindingRule) asks(severity string) (counts, sure bool) {
	if r.Severity == anySeverity || r.Severity == severity {
		return true, true
	}
	w := weight(severity) // 0 for a service's own word, or none
	switch {
	case r.Severity == unknownSeverity:
		return w == 0, true
	case w == 0:
		return true, false
	}
	return !r.Exact && w > weight(r.Severity), true
}

// weight is how bad a severity is; 0 for words that are none.
func weight(severity string) int {
	known := severities()
	for i, s := range known {
		if s == severity {
			return len(known) - 1 - i // 0 for the unknown, which may be any
		}
	}
	return 0
}

// name is what the rule is called in a verdict: "new high and critical findings".
func (r FindingRule) name() string {
	words := []string{r.Severity, "findings"}
	switch {
	case r.Severity == anySeverity:
		words = words[1:]
	case r.Exact, r.Severity == "critical", r.Severity == unknownSeverity:
	case r.Severity == "high":
		words = []string{"high and critical findings"}
	default:
		words = []string{r.Severity, "to critical findings"}
	}
	if !r.Old {
		words = append([]string{"new"}, words...)
	}
	return strings.Join(words, " ")
}

// findings judges how many findings a rule counts. Those of which it is not
// known whether they count are neither counted nor forgotten: where they would
// decide, the rule has missing data.
func (j *judgement) findings(f FindingRule) {
	r := rule{f.name(), "at most " + number(f.Value), f.Threshold}
	var counted, doubtful sample
	unaged := false
	for i := range j.facts.Findings.Value {
		item := &j.facts.Findings.Value[i]
		counts, sure := f.asks(item.Severity)
		switch {
		case !counts || item.Age == service.Old && !f.Old:
		case !sure || item.Age == service.Unplaced && !f.Old:
			doubtful.add(func() string { return item.Rule + " at " + place(item) + j.doubt(item) })
		default:
			counted.add(func() string { return item.Rule + " at " + place(item) })
			unaged = unaged || item.Age == ""
		}
	}
	switch {
	case float64(counted.n) > f.Value: // whatever is missing, it is too many
		why := counted.String()
		if unaged && !f.Old {
			why = "nothing tells new from old, so all count; " + why
		}
		j.judged(r, false, fmt.Sprint(counted.n), why)
	case !j.facts.Findings.Known():
		j.missing(r, j.facts.Findings.reason("no scanner's results"))
	case float64(counted.n+doubtful.n) > f.Value:
		j.missing(r, fmt.Sprintf("%d found, and %d more of which it is not known: %s", counted.n, doubtful.n, doubtful))
	default:
		j.judged(r, true, fmt.Sprint(counted.n), "")
	}
}

// doubt says what is not known of a finding, the nearest reason first: a path that
// is no file of the commit is something that a person can mend.
func (j *judgement) doubt(f *service.Finding) string {
	switch why := j.facts.Unmatched[f.Path]; {
	case f.Age != service.Unplaced:
		return " (no severity)"
	case why != "":
		return " (" + why + ")"
	case f.Path == "":
		return " (it names no file)"
	default:
		return " (" + cmp.Or(j.facts.NoAge, "it may be old") + ")"
	}
}

func place(f *service.Finding) string {
	if f.Line == 0 {
		return cmp.Or(f.Path, "no file")
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}
