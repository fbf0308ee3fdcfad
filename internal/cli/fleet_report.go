package cli

import (
	"io"
	"path/filepath"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/fleet"
)

// reportPlan writes the plan to files, and on the CI's summary page.
func reportPlan(a *connect.To, p fleet.Plan, files []string) error {
	for _, name := range files {
		write := p.Markdown
		switch filepath.Ext(name) {
		case ".md":
		case ".json":
			write = func(w io.Writer) error { return encodePlan(w, p) }
		default:
			return fault.Errorf(fault.Input, "--report %s: its ending must be .md or .json", name)
		}
		if err := a.WriteFile(name, write); err != nil {
			return err
		}
	}
	_, err := a.CI.Summary(a.Redact.Clean(p.Page()))
	if err != nil {
		a.Warn("the plan is not on the summary page: %v", err)
	}
	return nil
}
