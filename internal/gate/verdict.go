// Package gate judges: it holds the rules a project sets for itself, puts them
// beside what the services say, and returns one verdict. It is pure: everything
// it judges is handed to it, and nothing is read, asked or printed here.
//
// One rule stands above all others: what was not looked at, not found, not
// matched or not understood never counts as fine. A fact is known, or missing
// with the reason; a rule over a missing fact is not met, unless the project
// wrote that it may pass; and where a part of a fact is known, that part can fail
// a rule and never let it pass.
package gate

import (
	"slices"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// Verdict is the one answer: the worst of the local conditions and of the
// services' own verdicts, with all of them kept to explain it.
type Verdict struct {
	Outcome    service.Outcome     `json:"outcome"`
	Conditions []service.Condition `json:"conditions"`         // of the local rules
	Services   []service.Verdict   `json:"services,omitempty"` // as each service gave it
	Digits     coverage.Digits     `json:"-"`                  // of the shares in Conditions, as Judge has them
}

// Combine makes the verdict of local conditions and the services' verdicts: a
// failure before an unknown, that before a warning, that before a pass. A
// service's Unknown or None is not a pass: it counts as the rule for that
// service says, see Rules.Services. No outcome at all is None, and so are several
// of None: nothing was judged. A rule at the level ignore, and a service without
// a gate, make none better or worse.
func Combine(conditions []service.Condition, services []service.Verdict) Verdict {
	if conditions == nil { // in JSON a list without a condition is [], not null
		conditions = []service.Condition{}
	}
	for _, o := range []service.Outcome{service.Failed, service.Unknown, service.Warned, service.Passed} {
		// A service weighs as much as a rule: it is in either list.
		if slices.ContainsFunc(conditions, func(c service.Condition) bool { return c.Result == o }) ||
			slices.ContainsFunc(services, func(v service.Verdict) bool { return v.Outcome == o }) {
			return Verdict{Outcome: o, Conditions: conditions, Services: services}
		}
	}
	return Verdict{Outcome: service.None, Conditions: conditions, Services: services}
}
