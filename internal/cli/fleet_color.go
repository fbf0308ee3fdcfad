package cli

import (
	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fleet"
)

// paintAction shows what a plan would do: what is new in green, what changes in
// yellow, what is amiss in red, and what is left alone faintly.
func paintAction(a *connect.To, i fleet.Item) string {
	color := console.Faint
	switch {
	case i.ExitCode != 0:
		color = console.Red
	case i.Action == fleet.Create:
		color = console.Green
	case i.Changes():
		color = console.Yellow
	}
	return a.Paint(color, string(i.Action))
}

// paintOutcome shows what became of a repository: what was done in green, what
// was not in red, and what was left alone faintly.
func paintOutcome(a *connect.To, r fleet.Result) string {
	color := console.Green
	switch {
	case r.ExitCode != 0, r.Outcome == fleet.FailedOut:
		color = console.Red
	case r.Outcome == fleet.NotStarted:
		color = console.Yellow
	case r.Outcome == fleet.Kept, r.Outcome == fleet.Skipped, string(r.Outcome) == string(r.Action):
		color = console.Faint
	}
	return a.Paint(color, string(r.Outcome))
}

// paintSeverity shows how much a finding of an audit matters.
func paintSeverity(a *connect.To, s fleet.Severity) string {
	if s == fleet.Bad {
		return a.Paint(console.Red, string(s))
	}
	return string(s)
}

// paintState shows what the journal knows of a repository.
func paintState(a *connect.To, state string) string {
	color := map[string]console.Hue{"good": console.Green, "retiring": console.Yellow, "unfinished": console.Yellow, "failed": console.Red}[state]
	return a.Paint(color, state)
}
