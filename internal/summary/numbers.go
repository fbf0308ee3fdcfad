package summary

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// digits are the decimals of all shares of a page, see coverage.Digits,
// and whether partly covered lines are misses.
type digits struct {
	coverage.Digits
	partlyMissed bool
}

// one decimal is what stands alone, or on a page without thresholds, has.
var one = digits{Digits: 1}

// digits returns those that the project's own rules were judged with, so that a
// share is the same number wherever the page names it.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (p Page) digits() digits { return digits{max(p.Digits, one.Digits), p.PartlyMissed} }

// ran is what a line did that counts as covered.
func (d digits) ran() string {
	if d.partlyMissed {
		return "ran with all branches"
	}
	return "ran"
}

// Percent writes a covered share as the page shows it: "84.2 %". Nothing coverable
// is "–".
func (p Page) Percent(c coverage.Count) string { return p.digits().Percent(c) }

// percentOr is Percent of a count that may be missing.
func (d digits) percentOr(c *coverage.Count, none string) string {
	if c == nil {
		return none
	}
	return d.Percent(*c)
}

func (d digits) branches(b coverage.Branches) string {
	return d.Percent(coverage.Count{Covered: b.Covered, Coverable: b.Total})
}

// change writes the difference of two shares in percentage points: "+0.3",
// "−1.0", "±0", or "" if either side has no number. A change too small to show
// keeps its sign: "−0.0" would read as nothing, so it is "−<0.1".
func (d digits) change(now, before coverage.Count) string {
	n, ok1 := now.Percent()
	b, ok2 := before.Percent()
	sign, shown := "+", d.Floor(n-b)
	switch {
	case !ok1 || !ok2:
		return ""
	case math.Abs(n-b) < 1e-9:
		return "±0"
	case n < b:
		sign, shown = "−", d.Ceil(b-n)
	}
	if least := math.Pow10(-int(d.Digits)); math.Abs(n-b) < least-1e-9 {
		return sign + "<" + d.Text(least)
	}
	return sign + d.Text(shown)
}

// changeOf is change of counts that one of the two reports may not have.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func (d digits) changeOf(now, before *coverage.Count) string {
	switch {
	case before == nil:
		return ""
	case now == nil:
		return "gone"
	default:
		return d.change(*now, *before)
	}
}

// ranges writes ascending line numbers in short: "4–7, 9, 12–13". At most max
// groups are written, then how many more there are; max < 1 writes all.
func ranges(lines []int, max int) string {
	var shown []string
	groups := group(lines)
	for i, g := range groups {
		if max > 0 && i == max {
			return fmt.Sprintf("%s and %d more", strings.Join(shown, ", "), len(groups)-max)
		}
		shown = append(shown, g.text())
	}
	return strings.Join(shown, ", ")
}

// lineRange is lines first to last, both included.
type lineRange struct{ first, last int }

func (r lineRange) text() string {
	if r.last == r.first {
		return strconv.Itoa(r.first)
	}
	return strconv.Itoa(r.first) + "–" + strconv.Itoa(r.last)
}

// group joins ascending line numbers that follow each other.
func group(lines []int) []lineRange {
	var out []lineRange
	for _, n := range lines {
		if k := len(out) - 1; k >= 0 && out[k].last == n-1 {
			out[k].last = n
			continue
		}
		out = append(out, lineRange{n, n})
	}
	return out
}

// grade is on which of the steps, each the least of its grade, a share stands.
func grade(percent float64, steps ...float64) int {
	n := 0
	for _, least := range steps {
		if percent >= least {
			n++
		}
	}
	return n
}
