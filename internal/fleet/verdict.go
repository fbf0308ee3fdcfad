package fleet

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
)

// Sentence returns in one line what a run did.
func (r Report) Sentence() string { return cmp.Or(counted(outcomes(), r.Summary), "nothing to do") }

// account separates fine from not done. What was left alone on purpose is neither.
type account struct {
	fine, bad         int
	skipped, notAdded int          // left alone; the one are among the other
	kinds             []fault.Kind // of what was not done, each once
	hint              string       // of the first that has one
}

func (a *account) add(kind fault.Kind, hint string) {
	a.bad++
	a.hint = cmp.Or(a.hint, hint)
	if !slices.Contains(a.kinds, kind) {
		a.kinds = append(a.kinds, kind)
	}
}

func (a *account) skip(action Action) {
	a.skipped++
	if action == NotAdded {
		a.notAdded++
	}
}

// kind is the exit code: of the one cause if nothing at all was done or in
// order, else partly done. A caller that tries again after a network's failure must
// not do so after a refusal that only hit some.
func (a account) kind() fault.Kind {
	if a.fine == 0 && len(a.kinds) == 1 {
		return a.kinds[0]
	}
	return fault.Partial
}

// err returns the error of a run or plan that says why in one sentence, nil if
// all is accounted for. That all were left alone because the service knows none of
// them is an error too: it is what a misspelt organization looks like.
func (a account) err(why, service string) error {
	if a.bad == 0 {
		if a.notAdded > 0 && a.notAdded == a.skipped && a.fine == 0 {
			return fault.WithHint(fault.Errorf(fault.Input, "none of %s is added at %s", console.Count(a.notAdded, "repository"), service),
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

// Err returns nil if every repository of the plan was looked at. Those that
// could not be, or that the plan cannot help, make it an error of their cause if
// that is all there is, and of fault.Partial else.
func (p Plan) Err() error {
	var a account
	undone := map[Action]int{}
	for _, i := range p.Items {
		switch {
		case i.ExitCode != 0:
			undone[i.Action]++
			a.add(fault.Kind(i.ExitCode), i.Hint)
		case i.leavesAlone():
			a.skip(i.Action)
		default:
			a.fine++
		}
	}
	return a.err("not accounted for: "+counted(Actions(), undone), p.Service)
}

// verdict is the run's error: nil if all that was planned is done and all that
// was not looked at is none. A run that was stopped is an error only if something is
// left to do; one whose end could not be written down is one in any case.
func (r Report) verdict(stopped, endErr error) error {
	left := r.Summary[NotStarted]
	var a account
	undone := 0
	for _, res := range r.Repositories {
		switch {
		case res.Outcome == NotStarted: // why is the run's cause, not the repository's
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
	// That the journal cannot be written is in the results already, unless only its
	// last line failed.
	if err := a.err(why, r.Service); err != nil {
		return err
	}
	return endErr
}
