package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fleet"
)

// showReport prints what changed and what did not work; what was left alone is
// counted.
func showReport(a *connect.To, r fleet.Report) {
	rows := [][]string{{"REPOSITORY", "OUTCOME", "TOKEN", "EXPIRES", "REASON"}}
	var hints []string
	noted := 0
	for _, res := range r.Repositories {
		if res.Outcome == fleet.Kept {
			if len(res.Notes) > 0 {
				noted++
			}
			if len(res.Notes) == 0 || noted > mostNoted {
				continue
			}
		}
		reason := strings.Join(append([]string{res.Reason}, res.Notes...), "; ")
		rows = append(rows, []string{plain(res.Repository), paintOutcome(a, res), res.TokenID, date(res.ExpiresAt), plain(reason)})
		hints = addHint(hints, res.Hint)
	}
	tableOf(a, rows)
	if noted > mostNoted {
		fmt.Fprintf(a.Stdout, "… and %d more that are kept, with notes: see --output json\n", noted-mostNoted)
	}
	showHints(a, hints)
	fmt.Fprintf(a.Stdout, "%s, in %s\n", r.Sentence(), (time.Duration(r.Seconds*1000) * time.Millisecond).Round(time.Second/10))
}

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

// warnOfExpiry says that the forge's token ends soon, or before the run can.
func warnOfExpiry(a *connect.To, f *connect.Fleet, p fleet.Plan) {
	ends := f.ForgeClock.CredentialEnds()
	left := time.Until(ends).Round(time.Minute)
	takes := time.Duration(p.Forecast.Seconds) * time.Second
	switch {
	case ends.IsZero() || left > 7*24*time.Hour && left > takes:
	case left < takes:
		a.Warn("the token of %s expires in %s, and this takes at least %s: what is left then fails, so renew it first", f.Forge.Name, left, takes)
	default:
		a.Warn("the token of %s expires on %s", f.Forge.Name, ends.Format("2006-01-02 15:04 MST"))
	}
}
