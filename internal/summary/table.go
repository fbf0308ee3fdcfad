package summary

import (
	"bufio"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/table"
)

// Table writes a row for each file and one for all. Rows are made twice,
// first for the widths of the columns: a report may name very many files. Paths
// lose their middle where a row is wider than width columns; 0 is no limit.
func Table(w *bufio.Writer, r *coverage.Report, width int) {
	files := r.Files()
	var all coverage.Totals
	for _, f := range files {
		all = all.Plus(f.Totals())
	}
	last := 4 // columns; a report without branches has no column of them
	if all.Branches.Total == 0 {
		last = 3
	}
	rows := func(see func(row *tableRow)) {
		see(&tableRow{[]byte("File"), []byte("Lines"), []byte("Covered"), []byte("Branches")})
		var row tableRow
		for _, f := range files {
			row.set(Plain(f.Path, 0), f.Totals())
			see(&row)
		}
		row.set("Total", all)
		see(&row)
	}
	var wide [4]int
	rows(func(row *tableRow) {
		for i, cell := range row {
			wide[i] = max(wide[i], utf8.RuneCount(cell))
		}
	})
	if rest := width - 2*(last-1) - wide[1] - wide[2] - wide[3]; width > 0 {
		wide[0] = min(wide[0], max(rest, 16))
	}
	rows(func(row *tableRow) {
		if utf8.RuneCount(row[0]) > wide[0] {
			row[0] = append(row[0][:0], table.Cut(string(row[0]), wide[0])...)
		}
		w.Write(row[0])
		pad(w, wide[0]-utf8.RuneCount(row[0]))
		for i := 1; i < last; i++ {
			pad(w, 2+wide[i]-utf8.RuneCount(row[i]))
			w.Write(row[i])
		}
		w.WriteByte('\n')
	})
	if all.Statements.Coverable > 0 {
		fmt.Fprintf(w, "Statements: %s of %d (as go tool cover counts)\n", one.Percent(all.Statements), all.Statements.Coverable)
	}
}

// tableRow is the cells of a row, in memory that the next row uses again.
type tableRow [4][]byte

func (r *tableRow) set(name string, t coverage.Totals) {
	r[0] = append(r[0][:0], name...)
	r[1] = appendShare(r[1][:0], t.Lines.Covered, t.Lines.Coverable)
	r[2] = append(r[2][:0], one.Percent(t.Lines)...)
	if r[3] = r[3][:0]; t.Branches.Total > 0 {
		r[3] = appendShare(r[3], t.Branches.Covered, t.Branches.Total)
	}
}

func appendShare(b []byte, part, whole int) []byte {
	b = append(strconv.AppendInt(b, int64(part), 10), '/')
	return strconv.AppendInt(b, int64(whole), 10)
}

func pad(w *bufio.Writer, n int) {
	for ; n > 0; n-- {
		w.WriteByte(' ')
	}
}
