package codacy

import (
	"cmp"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/service"
)

// The parts of the v3 API's answers that are read (OpenAPI schemas of the same
// names). Pointers are fields that may be absent, which is not the same as 0.

type meta struct {
	Analyzable *bool  `json:"analyzable"`
	Reason     string `json:"reason"`
}

// analysable reports whether Codacy says that it analyses.
func (m meta) analysable() bool { return m.Analyzable != nil && *m.Analyzable }

type resultReason struct {
	Gate              string `json:"gate"`
	ExpectedThreshold struct {
		Threshold       float64 `json:"threshold"`
		MinimumSeverity string  `json:"minimumSeverity"`
	} `json:"expectedThreshold"`
	IsUpToStandards bool `json:"isUpToStandards"`
}

// standing is what a part of an analysis says of its gates.
type standing struct {
	IsUpToStandards *bool          `json:"isUpToStandards"`
	ResultReasons   []resultReason `json:"resultReasons"`
}

type qualityAnalysis struct {
	NewIssues       *int `json:"newIssues"`
	DeltaComplexity *int `json:"deltaComplexity"`
	DeltaClones     *int `json:"deltaClonesCount"`
	standing
}

// judgement collects what the parts of an analysis say.
type judgement struct {
	outcome service.Outcome
	reasons []resultReason
	actual  map[string]string // the number that was judged, by gate
}

func judge(q *qualityAnalysis) *judgement {
	j := &judgement{service.None, nil, map[string]string{}}
	if q == nil {
		return j
	}
	j.add(q.standing)
	for gate, n := range map[string]*int{"issueThreshold": q.NewIssues, "complexityThreshold": q.DeltaComplexity, "duplicationThreshold": q.DeltaClones} {
		if n != nil {
			j.actual[gate] = strconv.Itoa(*n)
		}
	}
	return j
}

// add takes the reasons, and the overall flag where there are none: it may lag
// behind, and Codacy's own clients combine the reasons themselves.
func (j *judgement) add(s standing) {
	if s.IsUpToStandards != nil && len(s.ResultReasons) == 0 {
		j.met(*s.IsUpToStandards)
	}
	for _, r := range s.ResultReasons {
		j.met(r.IsUpToStandards)
	}
	j.reasons = append(j.reasons, s.ResultReasons...)
}

func (j *judgement) met(ok bool) {
	switch {
	case !ok:
		j.outcome = service.Failed
	case j.outcome == service.None:
		j.outcome = service.Passed
	}
}

func (j *judgement) coverageDelta(delta *float64) {
	if delta == nil {
		return
	}
	sign := ""
	if *delta > 0 {
		sign = "+"
	}
	j.actual["coverageThreshold"] = sign + number(*delta) + " percentage points"
}

func (j *judgement) verdict() service.Verdict {
	v := service.Verdict{Service: "codacy", Outcome: j.outcome, Conditions: []service.Condition{}}
	for _, r := range j.reasons {
		c := service.Condition{Name: gateName(r.Gate), Wanted: wanted(r), Actual: j.actual[r.Gate], Result: service.Passed}
		if !r.IsUpToStandards {
			c.Result = service.Failed
		}
		v.Conditions = append(v.Conditions, c)
	}
	return v
}

// withMeta turns a silent answer into what it means: Codacy says itself when it
// cannot analyse, and what it shows then is of coverage alone, or of before.
func withMeta(v service.Verdict, m meta) service.Verdict {
	if !m.analysable() && (v.Outcome == service.None || m.Analyzable != nil && v.Outcome == service.Passed) {
		v.Undecided("analysis", "not analysed: "+cmp.Or(m.Reason, "Codacy does not say why"))
	}
	return v
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
