package summary

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// Percent writes a covered share with one decimal, rounded down, so that 100 %
// is only said of what is fully covered: "84.2 %". Nothing coverable is "–".
func Percent(c coverage.Count) string {
	p, ok := c.Percent()
	if !ok {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", math.Floor(p*10+1e-9)/10)
}

func branchPercent(b coverage.Branches) string {
	return Percent(coverage.Count{Covered: b.Covered, Coverable: b.Total})
}

// change writes the difference of two shares in percentage points: "+0.3",
// "−1.0", "±0", or "" if either side has no number. A change too small to show
// keeps its sign: "−0.0" would read as nothing, so it is "−<0.1".
func change(now, before coverage.Count) string {
	n, ok1 := now.Percent()
	b, ok2 := before.Percent()
	if !ok1 || !ok2 {
		return ""
	}
	d := n - b
	sign := "+"
	if d < 0 {
		sign = "−"
	}
	switch abs := math.Abs(d); {
	case abs < 1e-9:
		return "±0"
	case abs < 0.05:
		return sign + "<0.1"
	default:
		return fmt.Sprintf("%s%.1f", sign, abs)
	}
}

// Ranges writes ascending line numbers in short: "4–7, 9, 12–13". At most max
// groups are written, then how many more there are; max < 1 writes all.
func Ranges(lines []int, max int) string {
	groups := Group(lines)
	var b strings.Builder
	for i, g := range groups {
		if max > 0 && i == max {
			fmt.Fprintf(&b, " and %d more", len(groups)-max)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(g.text())
	}
	return b.String()
}

// Range is lines First to Last, both included.
type Range struct{ First, Last int }

func (r Range) text() string {
	if r.Last == r.First {
		return strconv.Itoa(r.First)
	}
	return strconv.Itoa(r.First) + "–" + strconv.Itoa(r.Last)
}

// Group joins ascending line numbers that follow each other.
func Group(lines []int) []Range {
	var out []Range
	for _, n := range lines {
		if k := len(out) - 1; k >= 0 && out[k].Last == n-1 {
			out[k].Last = n
			continue
		}
		out = append(out, Range{n, n})
	}
	return out
}

// count writes a number with its noun: "1 file", "12 files".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// word is an outcome as people say it.
func word(o service.Outcome) string {
	switch o {
	case service.Passed:
		return "passed"
	case service.Warned:
		return "passed with warnings"
	case service.Failed:
		return "failed"
	case service.Unknown:
		return "unknown"
	default:
		return "not judged"
	}
}

// short is an outcome in a table's cell.
func short(o service.Outcome) string {
	if o == service.Warned {
		return "warning"
	}
	return word(o)
}

// sign is an outcome as one character that needs no colour to be told apart.
func sign(o service.Outcome) string {
	switch o {
	case service.Passed:
		return "✔"
	case service.Warned:
		return "!"
	case service.Failed:
		return "✘"
	case service.Unknown:
		return "?"
	default:
		return "–"
	}
}

// shortCommit is the beginning of a commit's id.
func shortCommit(id string) string {
	if len(id) > 10 {
		return id[:10]
	}
	return id
}
