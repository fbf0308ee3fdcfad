package codacy

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// judgement collects what the parts of an analysis say.
type judgement struct {
	flags   []*bool
	reasons []resultReason
	actual  map[string]string // by gate
}

func (j *judgement) add(flag *bool, reasons []resultReason) {
	j.flags, j.reasons = append(j.flags, flag), append(j.reasons, reasons...)
}

// saw notes the number that a gate judged.
func (j *judgement) saw(gate, text string) {
	if j.actual == nil {
		j.actual = map[string]string{}
	}
	j.actual[gate] = text
}

func (j *judgement) quality(q *qualityAnalysis) {
	if q == nil {
		return
	}
	j.add(q.IsUpToStandards, q.ResultReasons)
	for gate, n := range map[string]*int{"issueThreshold": q.NewIssues, "complexityThreshold": q.DeltaComplexity, "duplicationThreshold": q.DeltaClones} {
		if n != nil {
			j.saw(gate, strconv.Itoa(*n))
		}
	}
}

func (j *judgement) coverageDelta(delta *float64) {
	if delta != nil {
		j.saw("coverageThreshold", signed(*delta)+" percentage points")
	}
}

func (j *judgement) verdict() service.Verdict {
	return service.Verdict{
		Service: "codacy", Outcome: outcomeOf(j.flags, j.reasons),
		Conditions: append([]service.Condition{}, conditions(j.reasons, j.actual)...),
	}
}

// withMeta turns a silent answer into what it means: Codacy says itself when it
// cannot analyse.
func withMeta(v service.Verdict, m meta) service.Verdict {
	if v.Outcome == service.None && !m.Analyzable {
		return undecided(v, "analysis", "not analysed: "+cmp.Or(m.Reason, "Codacy does not say why"))
	}
	return v
}

// outcomeOf combines the overall flag with the reasons: a reason that is not
// met fails whatever the flag says, because the flag of a pull request may lag
// behind (Codacy's own clients combine the reasons themselves).
func outcomeOf(flags []*bool, reasons []resultReason) service.Outcome {
	outcome := service.None
	for _, f := range flags {
		if f != nil && !*f {
			return service.Failed
		}
		if f != nil {
			outcome = service.Passed
		}
	}
	for _, r := range reasons {
		if !r.IsUpToStandards {
			return service.Failed
		}
		outcome = service.Passed
	}
	return outcome
}

// conditions turns reasons into what people read.
func conditions(reasons []resultReason, actual map[string]string) []service.Condition {
	var out []service.Condition
	for _, r := range reasons {
		c := service.Condition{Name: gateName(r.Gate), Wanted: wanted(r), Actual: actual[r.Gate], Result: service.Passed}
		if !r.IsUpToStandards {
			c.Result = service.Failed
		}
		out = append(out, c)
	}
	return out
}

// gateWords are Codacy's gates in plain words.
func gateWords() map[string]string {
	return map[string]string{
		"issueThreshold":         "new issues",
		"securityIssueThreshold": "new security issues",
		"duplicationThreshold":   "new duplicated blocks",
		"complexityThreshold":    "complexity",
		"coverageThreshold":      "coverage variation",
		"diffCoverageThreshold":  "diff coverage",
	}
}

// gateName is a gate in plain words. Names the table lacks are split at their
// capitals.
func gateName(gate string) string {
	if words := gateWords()[gate]; words != "" {
		return words
	}
	var b strings.Builder
	for _, r := range strings.TrimSuffix(gate, "Threshold") {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte(' ')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}

func wanted(r resultReason) string {
	n := number(r.ExpectedThreshold.Threshold)
	switch r.Gate {
	case "diffCoverageThreshold":
		return "at least " + n + "%"
	case "coverageThreshold":
		return "at least " + n + " percentage points"
	}
	text := "at most " + n
	if s := r.ExpectedThreshold.MinimumSeverity; s != "" {
		text += " of severity " + severityName(s) + " or above"
	}
	return text
}

func number(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func signed(f float64) string {
	if f > 0 {
		return "+" + number(f)
	}
	return number(f)
}
