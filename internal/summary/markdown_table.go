package summary

import (
	"strings"
)

// mdTable collects rows of escaped cells, as many as are shown.
type mdTable struct {
	m    *markdown
	head []string
	rows [][]string
	more int // rows that were not collected
}

func (m *markdown) table(head ...string) *mdTable { return &mdTable{m: m, head: head} }

func (t *mdTable) add(cells ...string) { t.rows = append(t.rows, cells) }

// full counts a row that is left out, if there are as many as are shown.
func (t *mdTable) full() bool {
	if len(t.rows) < t.m.rows {
		return false
	}
	t.more++
	return true
}

// write writes at most max rows and says how many were left out. A table
// without rows is not written.
func (t *mdTable) write(max int) {
	if len(t.rows) == 0 {
		return
	}
	t.m.line("\n| %s |\n|%s", strings.Join(t.head, " | "), strings.Repeat(" --- |", len(t.head)))
	for _, cells := range t.rows[:min(len(t.rows), max)] {
		t.m.line("| %s |", strings.Join(cells, " | "))
	}
	if more := t.more + len(t.rows) - max; more > 0 {
		t.m.line("\n… and %d more, left out for length.", more)
	}
}
