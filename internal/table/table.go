// Package table lays text out in columns, within the width of a terminal.
package table

import (
	"strings"
)

// Table is rows of cells. The last column is the one that is read as a
// sentence: where the row is too wide, it goes on below itself, and where that
// would be a narrow column of many lines, below the row.
type Table struct {
	Head  []string // nil for none
	Rows  [][]string
	Width int // columns of the terminal; 0 is as many as it takes
}

// gap is the space between two columns.
const gap = 2

// String returns the table, each row a line or more. Columns that are empty
// throughout are left out, head and all.
func (t Table) String() string {
	widths := t.widths()
	var b strings.Builder
	if t.Head != nil && len(t.Rows) > 0 {
		t.row(&b, t.Head, widths)
	}
	for _, cells := range t.Rows {
		t.row(&b, cells, widths)
	}
	return b.String()
}

// widths returns how many columns of the terminal each column takes.
func (t Table) widths() []int {
	var widths []int
	for _, cells := range t.Rows {
		for k, cell := range cells {
			if k == len(widths) {
				widths = append(widths, 0)
			}
			widths[k] = max(widths[k], Columns(cell))
		}
	}
	for k := range min(len(t.Head), len(widths)) {
		if widths[k] > 0 {
			widths[k] = max(widths[k], Columns(t.Head[k]))
		}
	}
	if t.Width > 0 {
		fit(widths, t.Width)
	}
	return widths
}

// Least widths: of a column that is cut, and of the last one beside the others.
const (
	leastCut  = 12
	leastLast = 16
)

// indent is where a last column begins that stands below its row.
const indent = 5

// fit makes columns narrower until they have room: the last one first, as far
// as it can still be read, then the widest of the others.
func fit(widths []int, room int) {
	over := -gap - room
	for _, w := range widths {
		if w > 0 {
			over += w + gap
		}
	}
	last := len(widths) - 1
	if last < 0 || over <= 0 {
		return
	}
	narrow := func(k, least int) {
		by := min(over, max(widths[k]-least, 0))
		widths[k] -= by
		over -= by
	}
	narrow(last, leastLast)
	for over > 0 {
		widest := 0
		for k := range last {
			if widths[k] > widths[widest] {
				widest = k
			}
		}
		before := over
		if narrow(widest, leastCut); over == before {
			return // as narrow as it can be read
		}
	}
}

func (t Table) row(b *strings.Builder, cells []string, widths []int) {
	var line strings.Builder
	at, last := 0, len(widths)-1
	var more []string
	for k, cell := range cells {
		if widths[k] == 0 {
			continue
		}
		switch {
		case Columns(cell) <= widths[k]:
		case k == last:
			if more = wrap(cell, widths[k]); len(more) > 2 && widths[k] < (t.Width-indent)*2/3 {
				cell, more, at = "", wrap(cell, t.Width-indent), indent
			} else {
				cell, more = more[0], more[1:]
			}
		default:
			cell = Cut(cell, widths[k])
		}
		line.WriteString(cell)
		if k < last {
			line.WriteString(strings.Repeat(" ", widths[k]-Columns(cell)+gap))
			at += widths[k] + gap
		}
	}
	b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	for _, text := range more {
		b.WriteString(strings.Repeat(" ", at) + text + "\n")
	}
}

// Cut takes the middle out of a text that is too wide: the beginning and the
// end of a path say most. Painted text is left as it is.
func Cut(text string, width int) string {
	if strings.Contains(text, PaintStart) {
		return text
	}
	runes := []rune(text)
	from, to := 0, len(runes)
	left := width - 1
	for right := left - left/3; to > 0 && right >= runeColumns(runes[to-1]); to-- {
		right -= runeColumns(runes[to-1])
	}
	for left /= 3; from < to && left >= runeColumns(runes[from]); from++ {
		left -= runeColumns(runes[from])
	}
	return string(runes[:from]) + "…" + string(runes[to:])
}

// Wrap breaks text into lines of at most so many columns, between words where
// it can.
func Wrap(text string, width int) string {
	return strings.Join(wrap(text, width), "\n")
}

func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		switch {
		case line == "":
			line = word
		case Columns(line)+1+Columns(word) <= width, Columns(word) > width: // which is broken in any case
			line += " " + word
		default:
			lines, line = append(lines, line), word
		}
		for Columns(line) > width && !strings.Contains(line, PaintStart) { // an address, or a language without spaces
			n, at := 0, 0
			for i, r := range line {
				if n += runeColumns(r); n > width {
					break
				}
				at = i + len(string(r))
			}
			if at == 0 {
				break
			}
			lines, line = append(lines, line[:at]), line[at:]
		}
	}
	return append(lines, line)
}
