package fleet

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/console"
)

// table is a Markdown table of a summary page, head its first two lines if they are
// left out where there is no row.
type table struct {
	strings.Builder
	head string
	rows int
}

// maxRows bounds a table: a CI cuts a summary page off at its size, GitHub at 1 MiB.
const maxRows = 500

// row adds a row. The cells may be from outside.
func (t *table) row(cells ...string) {
	if t.rows++; t.rows == 1 {
		t.WriteString(t.head)
	}
	if t.rows > maxRows {
		return
	}
	for _, cell := range cells {
		t.WriteString("| " + escape(cell) + " ")
	}
	t.WriteString("|\n")
}

// end says how many rows are left out, and where they are.
func (t *table) end(where string) {
	if t.rows > maxRows {
		fmt.Fprintf(t, "\n%d more are in the %s.\n", t.rows-maxRows, where)
	}
}

// Markdown writes the plan as people read it in a pull request: what changes or
// is not in order, the counts, and what it costs.
func (p Plan) Markdown(w io.Writer) error {
	_, err := io.WriteString(w, p.Page())
	return err
}

// Page returns what Markdown writes.
func (p Plan) Page() string {
	t := table{head: "| repository | action | expires | reason |\n|---|---|---|---|\n"}
	fmt.Fprintf(&t, "## Plan for the tokens of %s\n\n%s: %s at %s, %s.\n\n", escape(p.Organization), escape(p.Service), escape(p.Secret), escape(p.Forge), p.Counts())
	for _, i := range p.Items {
		if i.Notable() {
			t.row(i.Repository, string(i.Action), day(i.ExpiresAt), sentences(i.Reason, i.Hint))
		}
	}
	t.end("plan's file")
	for _, h := range p.Forecast.Hosts {
		if h.Reads+h.Writes > 0 {
			fmt.Fprintf(&t, "\n%s: %d reading and %d writing requests, at least %s.\n", escape(h.Host), h.Reads, h.Writes, time.Duration(h.Seconds)*time.Second)
		}
	}
	return t.String()
}

// Counts returns how many repositories each action has, in words.
func (p Plan) Counts() string {
	return console.Count(len(p.Items), "repository") + ": " + counted(Actions(), p.Summary)
}

// markdown is the report for a CI's summary page; the other forms have all rows.
func (r Report) markdown() string {
	var t table
	fmt.Fprintf(&t, "## Tokens of %s\n\n%s: %s at %s, %s.\n\n", escape(r.Organization), escape(r.Service), escape(r.Secret), escape(r.Forge), r.Sentence())
	if r.Stopped != "" {
		fmt.Fprintf(&t, "> The run ended early: %s\n\n", escape(r.Stopped))
	}
	t.WriteString("| repository | outcome | expires | reason |\n|---|---|---|---|\n")
	for _, o := range append(notDone(), Created, Rotated, Adopted, Retired, RevokedAll, Removed, Skipped, Kept) {
		for _, res := range r.Repositories {
			if res.Outcome == o {
				t.row(res.Repository, string(o), day(res.ExpiresAt), sentences(append([]string{res.Reason}, res.Notes...)...))
			}
		}
	}
	t.end("report file")
	return t.String()
}

// sentences joins what is not empty: a repository's reason and what else was noted.
func sentences(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}

// escape keeps text from outside from being taken for Markdown or HTML.
func escape(text string) string {
	var b strings.Builder
	for _, c := range text {
		switch {
		case strings.ContainsRune("\\`*_{}[]<>()#!|~@", c):
			b.WriteByte('\\')
			b.WriteRune(c)
		case c < ' ':
			b.WriteByte(' ')
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
