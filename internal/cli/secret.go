package cli

import (
	"fmt"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge"
)

// each does every step, goes on after a failure, and shows all results.
func each(a *connect.To, steps []forge.Step, do func(*forge.Step) error) error {
	var errs []error
	for i := range steps {
		if err := do(&steps[i]); err != nil {
			errs = append(errs, err)
			steps[i].Result, steps[i].Error = "failed", a.Redact.Clean(err.Error())
		}
	}
	if err := showSteps(a, steps); err != nil {
		return err
	}
	switch {
	case len(errs) == 0:
		return nil
	case len(errs) < len(steps):
		return fault.WithHint(fault.Errorf(fault.Partial, "%d of %s failed: %w", len(errs), console.Count(len(steps), "place"), errs[0]), "%s", fault.Hint(errs[0]))
	default:
		return errs[0]
	}
}

func showSteps(a *connect.To, steps []forge.Step) error {
	if a.JSON {
		return a.Print(map[string]any{"secrets": steps})
	}
	for _, s := range steps {
		fmt.Fprintln(a.Stdout, s)
		if s.Note != "" {
			a.Say("%s in %s stays %s", s.Name, s.Place, s.Note)
		}
	}
	return nil
}
