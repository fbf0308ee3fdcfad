package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fleet"
)

// showPlan prints the plan for people: what changes or is not in order, then
// the counts; all of it if asked for.
func showPlan(a *connect.To, p fleet.Plan, all bool) {
	rows := [][]string{{"REPOSITORY", "ACTION", "TOKENS", "EXPIRES", "REASON"}}
	var hints []string
	// What is in order is counted below and not shown: of 2,000 repositories a handful
	// are of interest.
	for _, i := range p.Items {
		if !all && !i.Notable() {
			continue
		}
		rows = append(rows, []string{plain(i.Repository), paintAction(a, i), strconv.Itoa(len(i.Tokens)), date(i.ExpiresAt), plain(i.Reason)})
		hints = addHint(hints, i.Hint)
	}
	tableOf(a, rows)
	showHints(a, hints)
	fmt.Fprintf(a.Stdout, "%s\n", planCounts(p))
	if n, first := p.Retiring(); n > 0 {
		fmt.Fprintf(a.Stdout, "%s retiring, from %s on%s\n", console.Count(n, "old token"), moment(first), sooner(p))
	}
	for _, h := range p.Forecast.Hosts {
		fmt.Fprintf(a.Stdout, "%s: %d reading and %d writing requests, at least %s", h.Host, h.Reads, h.Writes, time.Duration(h.Seconds)*time.Second)
		if h.Limit != "" {
			fmt.Fprintf(a.Stdout, ", bound by %s", h.Limit)
		}
		fmt.Fprintln(a.Stdout)
	}
}

// sooner says that there is a way before the grace is over.
func sooner(p fleet.Plan) string {
	if p.Proof {
		return ", or as soon as every CI run that began before the new one has ended"
	}
	return ""
}

func addHint(hints []string, hint string) []string {
	if hint == "" || slices.Contains(hints, hint) {
		return hints
	}
	return append(hints, hint)
}

// mostNoted bounds how many repositories are shown that only have a note.
const mostNoted = 25

// mostHints bounds what is said under a table; every hint is in the JSON.
const mostHints = 5

func showHints(a *connect.To, hints []string) {
	for i, h := range hints {
		if i == mostHints {
			fmt.Fprintf(a.Stdout, "  … and %d more hints, see --output json\n", len(hints)-i)
			break
		}
		fmt.Fprintf(a.Stdout, "  hint: %s\n", plain(h))
	}
	if len(hints) > 0 {
		fmt.Fprintln(a.Stdout)
	}
}

func planCounts(p fleet.Plan) string {
	total, actions, _ := strings.Cut(p.Counts(), ":")
	return strings.TrimSuffix(fmt.Sprintf("%s of %s:%s", total, p.Organization, actions), ": ")
}
