package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
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
			if len(res.Notes) == 0 {
				continue
			}
			if noted++; noted > mostNoted {
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
