package gate

import (
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
	return []string{"critical", "high", "medium", "low", "info", unknownSeverity}
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
// for those whose severity is not known, which may be any.
func (r FindingRule) asks(severity string) (counts, sure bool) {
	if weight(severity) == 0 {
		severity = unknownSeverity // a service's own word, or none
	}
	switch {
	case r.Severity == anySeverity, severity == r.Severity:
		return true, true
	case r.Severity == unknownSeverity:
		return false, true
	case severity == unknownSeverity:
		return true, false
	}
	return !r.Exact && weight(severity) > weight(r.Severity), true
}

// weight is how bad a severity is; 0 for words that are none.
func weight(severity string) int {
	switch severity {
	case "critical":
		return 5
	case "high":
		return 4
	case "medium":
		return 3
	case "low":
		return 2
	case "info":
		return 1
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

func (j *judgement) findings(r FindingRule) {
	wanted := "at most " + number(r.Value)
	var counted, doubtful sample
	unaged := false
	for i := range j.facts.Findings.Value {
		f := &j.facts.Findings.Value[i]
		counts, sure := r.asks(f.Severity)
		switch {
		case !counts || f.Age == service.Old && !r.Old:
		case !sure || f.Age == service.Unplaced && !r.Old:
			doubtful.add(func() string { return f.Rule + " at " + place(f) + j.doubt(f) })
		default:
			counted.add(func() string { return f.Rule + " at " + place(f) })
			unaged = unaged || f.Age == ""
		}
	}
	switch {
	case float64(counted.n) > r.Value:
		why := counted.String()
		if unaged && !r.Old {
			why = "nothing tells new from old, so all count; " + why
		}
		j.add(service.Condition{Name: r.name(), Actual: fmt.Sprint(counted.n), Wanted: wanted, Result: outcome(r.Level), Why: why})
	case !j.facts.Findings.Known():
		j.missing(r.name(), wanted, j.facts.Findings.reason("no scanner's results"), r.Threshold)
	case float64(counted.n+doubtful.n) > r.Value:
		j.missing(r.name(), wanted, fmt.Sprintf("%d found, and %d more of which it is not known: %s", counted.n, doubtful.n, doubtful), r.Threshold)
	default:
		j.add(service.Condition{Name: r.name(), Actual: fmt.Sprint(counted.n), Wanted: wanted, Result: service.Passed})
	}
}

// doubt says what is not known of a finding.
func (j *judgement) doubt(f *service.Finding) string {
	switch why := j.facts.Unmatched[f.Path]; {
	case f.Age != service.Unplaced:
		return " (no severity)"
	case why != "":
		return " (" + why + ")"
	case f.Path == "":
		return " (it names no file)"
	default:
		return " (" + orElse(j.facts.NoAge, "it may be old") + ")"
	}
}

func place(f *service.Finding) string {
	if f.Line == 0 {
		return orElse(f.Path, "no file")
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}

// sample is a number of things, of which the first are named.
type sample struct {
	n     int
	first []string
}

const named = 3

func (s *sample) add(name func() string) {
	if s.n++; s.n <= named {
		s.first = append(s.first, name())
	}
}

// String names the first and counts the others.
func (s sample) String() string {
	text := strings.Join(s.first, ", ")
	if s.n > named {
		text += fmt.Sprintf(" and %d more", s.n-named)
	}
	return text
}
