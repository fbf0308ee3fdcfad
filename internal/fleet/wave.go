package fleet

import (
	"slices"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// ParseWaves reads percentages that grow, such as 1%,10%,100%: how much of what
// is to be changed is changed before the next part begins. The last is always
// everything.
func ParseWaves(texts []string) ([]int, error) {
	var out []int
	for _, text := range texts {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(text), "%"))
		if err != nil || n < 1 || n > 100 || len(out) > 0 && n <= out[len(out)-1] {
			return nil, fault.WithHint(fault.Errorf(fault.Input, "wave %q is no percentage above the one before it", text), "write them as --wave 1%%,10%%,100%%")
		}
		out = append(out, n)
	}
	return out, nil
}

// wave is a part of a run that must end well before the next begins.
type wave struct {
	percent int
	items   []int // of the plan
	last    bool
}

// waves parts the items: what the plan changes in waves, the rest with the last.
func (r *run) waves() []wave {
	var changed, rest []int
	for i, item := range r.plan.Items {
		if item.Changes() {
			changed = append(changed, i)
		} else {
			rest = append(rest, i)
		}
	}
	percents := r.o.Waves
	if len(percents) == 0 || percents[len(percents)-1] != 100 {
		percents = append(slices.Clone(percents), 100)
	}
	var out []wave
	begun := 0
	for i, percent := range percents {
		end := (len(changed)*percent + 99) / 100
		w := wave{percent: percent, items: changed[begun:end], last: i == len(percents)-1}
		if w.last {
			w.items = slices.Sorted(slices.Values(append(slices.Clone(w.items), rest...)))
		}
		begun = end
		if len(w.items) > 0 || w.last {
			out = append(out, w)
		}
	}
	return out
}

// verdict ends the run after a wave in which something failed.
func (w wave) verdict(r *run) error {
	failed := 0
	for _, i := range w.items {
		if r.report.Repositories[i].Outcome == FailedOut {
			failed++
		}
	}
	if failed == 0 || w.last {
		return nil
	}
	return fault.WithHint(fault.Errorf(fault.Partial, "%s of the wave of %d %% failed, so no other was begun", plural(failed, "repository"), w.percent),
		"look at their reasons, then run it again: what is done is done")
}
