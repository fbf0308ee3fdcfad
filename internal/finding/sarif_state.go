package finding

import "github.com/gatewright/gatewright/internal/service"

// kind is what a result says (SARIF 2.1.0, 3.27.9). One of a word that SARIF does
// not have says that its rule is not met.
type kind uint8

const (
	violation kind = iota
	fine           // or not applicable
	remark         // of no weight, unless the result has a level
	undecided      // a person has to look: it weighs what it would if it were one
)

func (p *sarif) kind() kind {
	switch string(p.word()) {
	case "pass", "notapplicable":
		return fine
	case "informational":
		return remark
	case "open", "review":
		return undecided
	}
	return violation
}

// weight is the result's level, unset where the rule's counts. SARIF has none for
// results that are no violation, and tools have: "open" with "error".
func (r *result) weight() level {
	switch {
	case r.kind == undecided && r.level == none:
		return unset
	case r.kind == remark && r.level == unset:
		return none
	}
	return r.level
}

// age is what a tool says of a result that it compared with an earlier run.
type age uint8

const (
	fresh  age = iota + 1
	old        // also where it changed a little
	absent     // there before, and not now: no result of this run
)

// ages are those of findings; of a result that was not compared it is "".
var ages = [...]service.Age{fresh: service.New, old: service.Old}

func (p *sarif) baselineState(r *result) {
	switch string(p.word()) {
	case "new":
		r.age = fresh
	case "unchanged", "updated":
		r.age = old
	case "absent":
		r.age = absent
	}
}

// suppression counts one that is under review or was rejected as open: it
// leaves the result standing.
func (p *sarif) suppression(r *result) {
	r.suppressions++
	p.Member("status", func() {
		if status := p.word(); len(status) > 0 && string(status) != "accepted" {
			r.open++
		}
	})
}
