package fleet

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Markdown writes the plan as people read it in a pull request: what changes or
// is not in order, the counts, and what it costs.
func (p Plan) Markdown(w io.Writer) error {
	_, err := io.WriteString(w, p.Page())
	return err
}

// Page returns what Markdown writes.
func (p Plan) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Plan for the tokens of %s\n\n%s: `%s` at %s, %s.\n\n", escape(p.Org), escape(p.Service), escape(p.Secret), escape(p.Forge), p.Counts())
	rows := 0
	for _, i := range p.Items {
		if !i.Notable() {
			continue
		}
		if rows++; rows > maxRows {
			continue
		}
		if rows == 1 {
			b.WriteString("| repository | action | expires | reason |\n|---|---|---|---|\n")
		}
		reason := i.Reason
		if i.Hint != "" {
			reason += "; " + i.Hint
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", escape(i.Repository), i.Action, day(i.ExpiresAt), escape(reason))
	}
	if rows > maxRows {
		fmt.Fprintf(&b, "\n%d more are in the plan's file.\n", rows-maxRows)
	}
	for _, h := range p.Forecast.Hosts {
		if h.Reads+h.Writes > 0 {
			fmt.Fprintf(&b, "\n%s: %d reading and %d writing requests, at least %s.\n", escape(h.Host), h.Reads, h.Writes, time.Duration(h.Seconds)*time.Second)
		}
	}
	return b.String()
}

// Counts returns how many repositories each action has, in words.
func (p Plan) Counts() string {
	var parts []string
	for _, a := range Actions() {
		if n := p.Summary[a]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, a))
		}
	}
	return plural(len(p.Items), "repository") + ": " + strings.Join(parts, ", ")
}
