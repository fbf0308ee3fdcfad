package summary

import "strings"

// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (m *markdown) list(head ...string) *list { return &list{head: head, max: m.rows} }

// write writes a list of escaped cells as a table and says how many rows were
// left out. One without rows is not written.
func (m *markdown) write(l *list) {
	if len(l.rows) == 0 {
		return
	}
	m.line("\n| %s |\n|%s", strings.Join(l.head, " | "), strings.Repeat(" --- |", len(l.head)))
	for _, cells := range l.rows {
		m.line("| %s |", strings.Join(cells, " | "))
	}
	if l.more > 0 {
		m.line("\n… and %d more, left out for length.", l.more)
	}
}

// file is the name of a file as code, which leads to a line of it.
func (m *markdown) file(path string, line int) string {
	return mdLink(mdCode(path, maxPath), fileURL(m.source, path, line))
}
