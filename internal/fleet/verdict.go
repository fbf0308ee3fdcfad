package fleet

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Sentence says in one line what a run did.
func (r Report) Sentence() string {
	var parts []string
	for _, o := range outcomes() {
		if n := r.Summary[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// verdict is the run's error: nil if all that was planned is done. A run that
// did some of it is fault.Partial; one that did nothing has the kind of its
// first failure.
func verdict(r Report, stopped, endErr error) error {
	failed, left := r.Summary[FailedOut], r.Summary[NotStarted]
	if errors.Is(stopped, context.Canceled) && left > 0 {
		return fault.WithHint(fault.Errorf(fault.Stopped, "stopped; %d of %d done (%s)", len(r.Repositories)-failed-left, len(r.Repositories), r.Sentence()),
			"run it again: it goes on where it stopped")
	}
	if failed == 0 && left == 0 {
		return endErr
	}
	did := r.Summary[Created] + r.Summary[Rotated] + r.Summary[Adopted] + r.Summary[Retired]
	why := r.Sentence()
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		why += ": " + stopped.Error()
	}
	kind := fault.Partial
	if did == 0 && r.Summary[Kept] == 0 {
		kind = r.firstKind()
	}
	err := fault.Errorf(kind, "%s", why)
	return fault.WithHint(err, "run it again: it goes on where it stopped")
}

func (r Report) firstKind() fault.Kind {
	for _, res := range r.Repositories {
		if res.Outcome == FailedOut && res.kind != fault.OK {
			return res.kind
		}
	}
	return fault.Partial
}

// oneLine flattens joined errors.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
