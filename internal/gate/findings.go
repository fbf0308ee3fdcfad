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
	if severity == "" {
		severity = unknownSeverity
	}
	switch {
	case r.Severity == anySeverity, severity == r.Severity:
		return true, true
	case r.Severity == unknownSeverity:
		return false, true
	case severity == unknownSeverity:
		return true, false
	}
	at, least := slices.Index(Severities(), severity), slices.Index(Severities(), r.Severity)
	return !r.Exact && at < least, true
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
	var counted, doubtful []string
	unaged := false
	for _, f := range j.facts.Findings.Value {
		counts, sure := r.asks(f.Severity)
		if !counts || f.Age == service.Old && !r.Old {
			continue
		}
		if text := f.Rule + " at " + place(f); !sure || f.Age == service.Unplaced && !r.Old {
			doubtful = append(doubtful, text+j.doubt(f))
		} else {
			counted = append(counted, text)
			unaged = unaged || f.Age == ""
		}
	}
	switch {
	case float64(len(counted)) > r.Value:
		why := some(counted, 3)
		if unaged && !r.Old {
			why = "nothing tells new from old, so all count; " + why
		}
		j.add(service.Condition{Name: r.name(), Actual: fmt.Sprint(len(counted)), Wanted: wanted, Result: outcome(r.Level), Why: why})
	case !j.facts.Findings.Known():
		j.missing(r.name(), wanted, j.facts.Findings.reason("no scanner's results"), r.Threshold)
	case float64(len(counted)+len(doubtful)) > r.Value:
		j.missing(r.name(), wanted, fmt.Sprintf("%d found, and %d more of which it is not known: %s", len(counted), len(doubtful), some(doubtful, 3)), r.Threshold)
	default:
		j.add(service.Condition{Name: r.name(), Actual: fmt.Sprint(len(counted)), Wanted: wanted, Result: service.Passed})
	}
}

// doubt says what is not known of a finding.
func (j *judgement) doubt(f service.Finding) string {
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

func place(f service.Finding) string {
	if f.Line == 0 {
		return orElse(f.Path, "no file")
	}
	return fmt.Sprintf("%s:%d", f.Path, f.Line)
}
