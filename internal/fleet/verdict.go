package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
)

// Sentence returns in one line what a run did.
func (r Report) Sentence() string {
	var parts []string
	for _, o := range Outcomes() {
		if n := r.Summary[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o))
		}
	}
	if len(parts) == 0 {
		return "nothing to do"
	}
	return strings.Join(parts, ", ")
}

// account separates fine from not done. What was left alone on purpose is neither.
type account struct {
	fine    int
	kinds   []fault.Kind // of what was not done, each once
	hint    string       // of the first that has one
	bad     int
	skipped map[Action]int
}

func (a *account) add(kind fault.Kind, hint string) {
	a.bad++
	if a.hint == "" {
		a.hint = hint
	}
	if !slices.Contains(a.kinds, kind) {
		a.kinds = append(a.kinds, kind)
	}
}

func (a *account) skip(action Action) {
	if a.skipped == nil {
		a.skipped = map[Action]int{}
	}
	a.skipped[action]++
}

// kind is the exit code: of the one cause if nothing at all was done or in
// order, else partly done.
func (a account) kind() fault.Kind {
	if a.fine == 0 && len(a.kinds) == 1 {
		return a.kinds[0]
	}
	return fault.Partial
}

// err returns the error of a run or plan that says why in one sentence, nil if
// all is accounted for.
func (a account) err(why, service string) error {
	if a.bad == 0 {
		if n := a.skipped[NotAdded]; n > 0 && a.fine == 0 && n == a.skippedAll() {
			return fault.WithHint(fault.Errorf(fault.Input, "none of %s is added at %s", plural(n, "repository"), service),
				"add them there, or check the organization's name at %s and --provider", service)
		}
		return nil
	}
	hint := "run it again: it goes on where it stopped"
	if strings.Contains(a.hint, "run it again") {
		hint = a.hint
	} else if a.hint != "" {
		hint = a.hint + "; then run it again"
	}
	return fault.WithHint(fault.Errorf(a.kind(), "%s", why), "%s", hint)
}

func (a account) skippedAll() int {
	n := 0
	for _, k := range a.skipped {
		n += k
	}
	return n
}

// Err returns nil if every repository of the plan was looked at. Those that
// could not be, or that the plan cannot help, make it an error of their cause if
// that is all there is, and of fault.Partial else.
func (p Plan) Err() error {
	var a account
	for _, i := range p.Items {
		switch {
		case i.ExitCode != 0:
			a.add(fault.Kind(i.ExitCode), i.Hint)
		case i.leavesAlone():
			a.skip(i.Action)
		default:
			a.fine++
		}
	}
	var parts []string
	for _, action := range Actions() {
		n := 0
		for _, i := range p.Items {
			if i.Action == action && i.ExitCode != 0 {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, action))
		}
	}
	return a.err(fmt.Sprintf("not accounted for: %s", strings.Join(parts, ", ")), p.Service)
}

// verdict is the run's error: nil if all that was planned is done and all that
// was not looked at is none.
func (r Report) verdict(stopped, endErr error) error {
	left := r.Summary[NotStarted]
	var a account
	undone := 0
	for _, res := range r.Repositories {
		switch {
		case res.Outcome == NotStarted:
			a.bad++
		case fault.Kind(res.ExitCode) == fault.Stopped:
			undone++
			a.add(fault.Stopped, "")
		case res.ExitCode != 0:
			a.add(fault.Kind(res.ExitCode), res.Hint)
		case res.Outcome == Skipped:
			a.skip(res.Action)
		default:
			a.fine++
		}
	}
	if errors.Is(stopped, context.Canceled) && left+undone > 0 {
		return fault.WithHint(fault.Errorf(fault.Stopped, "stopped; %d of %d done (%s)", len(r.Repositories)-left-undone, len(r.Repositories), r.Sentence()),
			"run it again: it goes on where it stopped")
	}
	why := r.Sentence()
	if stopped != nil && !errors.Is(stopped, context.Canceled) {
		why += ": " + stopped.Error()
		if len(a.kinds) == 0 {
			a.add(fault.Of(stopped), fault.Hint(stopped))
		}
	}
	if err := a.err(why, r.Service); err != nil {
		return err
	}
	return endErr
}

// oneLine flattens joined errors.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
