package summary

// list is a table's rows, as many as are shown; the others are counted. A page
// may have hundreds of thousands of findings, so a row is made only to be shown.
type list struct {
	head []string // nil for none
	max  int
	rows [][]string
	more int
}

// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (l *list) add(row func() []string) {
	if len(l.rows) >= l.max {
		l.more++
		return
	}
	l.rows = append(l.rows, row())
}
