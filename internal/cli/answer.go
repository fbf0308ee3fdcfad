package cli

import (
	"fmt"
	"time"

	"github.com/gatewright/gatewright/internal/connect"
	"github.com/gatewright/gatewright/internal/summary"
)

// listing prints what a service or forge lists: as JSON, or as rows in columns
// below the first, which is the head; without any other it says none.
func listing(a *connect.To, answer any, none string, rows [][]string) error {
	switch {
	case a.JSON:
		return a.Print(answer)
	case len(rows) == 1:
		a.Say("%s", none)
		return nil
	}
	return a.Table(rows)
}

// tableOf prints rows in columns, the first line being the head, and an empty
// line; nothing if there is no row.
func tableOf(a *connect.To, rows [][]string) {
	if len(rows) > 1 {
		_ = a.Table(rows) // what stdout does not take is seen in the end
		fmt.Fprintln(a.Stdout)
	}
}

// plain makes text from outside safe for a terminal.
func plain(text string) string { return summary.Plain(text, 300) }

// date is a day, or empty where it is not known.
func date(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// moment is a time to the minute, or a dash where it is not known.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04")
}
