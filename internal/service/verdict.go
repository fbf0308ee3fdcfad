package service

import (
	"context"
	"time"
)

// Outcome is a gate's answer in one word.
type Outcome string

// The outcomes. Warned passes and says what to look at. None means that there
// is no gate to judge by; Unknown that the judge finished without saying what
// it found.
const (
	Passed  Outcome = "PASSED"
	Warned  Outcome = "WARN"
	Failed  Outcome = "FAILED"
	None    Outcome = "NONE"
	Unknown Outcome = "UNKNOWN"
)

// Condition is one part of a verdict.
type Condition struct {
	Name   string  `json:"name"`
	Actual string  `json:"actual,omitempty"`
	Wanted string  `json:"wanted,omitempty"`
	Result Outcome `json:"result"`
	Why    string  `json:"why,omitempty"`
}

// Verdict is a service's own judgement of a commit or a pull request.
type Verdict struct {
	Service    string      `json:"service"`
	Outcome    Outcome     `json:"outcome"`
	Conditions []Condition `json:"conditions"`
	URL        string      `json:"url,omitempty"`
}

// All returns the verdict's conditions; of one without any, the verdict as one.
func (v Verdict) All() []Condition {
	if len(v.Conditions) > 0 {
		return v.Conditions
	}
	return []Condition{{Name: v.Service, Wanted: "gate passed", Actual: string(v.Outcome), Result: v.Outcome}}
}

// Undecided adds what keeps the verdict from being a pass.
func (v *Verdict) Undecided(name, why string) {
	v.Conditions = append(v.Conditions, Condition{Name: name, Result: Unknown, Why: why})
	if v.Outcome != Failed {
		v.Outcome = Unknown
	}
}

// Judge waits for the service's verdict. A gate that failed is a Verdict, not
// an error; an error means that there is no verdict.
type Judge interface {
	Judge(ctx context.Context, t Target, w Wait) (Verdict, error)
}

// Run is one analysis that a service has made or is making.
type Run struct {
	ID          string     `json:"id"`
	PullRequest int        `json:"pullRequest,omitempty"`
	Commit      string     `json:"commit,omitempty"`
	CreatedAt   *time.Time `json:"createdAt,omitempty"`
	Status      string     `json:"status"`  // the service's own word
	Outcome     Outcome    `json:"outcome"` // Unknown while it may still change
	URL         string     `json:"url,omitempty"`
}

// RunLister lists the newest analyses of the target's repository, at most n.
type RunLister interface {
	Runs(ctx context.Context, t Target, n int) ([]Run, error)
}
