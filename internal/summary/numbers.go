package summary

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
	"github.com/gatewright/gatewright/internal/service"
)

// digits is how many decimals the shares of a page and their differences have.
// All on a page have as many, so that one number is not read in two ways. They
// are cut, not rounded: 100 % is said only of what is covered whole.
type digits int

// one decimal is what a page without conditions has.
const one digits = 1

// digits returns one, or as many as it takes that every condition looks as it
// was judged: 79.99 % is shown as 79.9 % where 80 % is wanted, 79.96 % as it is
// where 79.95 % is, and a loss of 0.34 points as it is where 0.3 are allowed.
func (p Page) digits() digits {
	d := one
	see := func(conditions []service.Condition) {
		for _, c := range conditions {
			actual, ok := quantity(c.Actual)
			wanted, ok2 := quantity(strings.TrimLeft(c.Wanted, "abcdefghijklmnopqrstuvwxyz "))
			for ok && ok2 && d < 9 && d.misleads(actual, wanted, strings.HasPrefix(c.Wanted, "at least ")) {
				d++
			}
		}
	}
	see(p.Rules)
	for _, v := range p.Services {
		see(v.Conditions)
	}
	return d
}

// misleads reports whether a number that is cut stands on another side of the
// wanted one than it does itself.
func (d digits) misleads(actual, wanted float64, atLeast bool) bool {
	shown, _ := strconv.ParseFloat(d.cut(actual), 64) // which cut has made
	if atLeast {
		return (shown >= wanted) != (actual >= wanted)
	}
	return cmp.Compare(shown, wanted) != cmp.Compare(actual, wanted)
}

// measured is a share, or a difference of shares, as judges and services write it.
var measured = regexp.MustCompile(`^(\d+(?:\.\d+)?)( ?%| points)`)

// quantity is the number that a text begins with.
func quantity(text string) (v float64, ok bool) {
	m := measured.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	v, err := strconv.ParseFloat(m[1], 64)
	return v, err == nil
}

// shares are the shares within a sentence of a rule: "from 81.25 % to 80 %".
var shares = regexp.MustCompile(`\b\d+\.\d+ %`)

// conditions are those of a judge with their numbers as the page shows them.
func (d digits) conditions(all []service.Condition) []service.Condition {
	out := make([]service.Condition, len(all))
	for i, c := range all {
		if v, ok := quantity(c.Actual); ok && strings.Contains(c.Actual, ".") {
			c.Actual = measured.ReplaceAllString(c.Actual, d.cut(v)+"$2")
		}
		out[i] = c
	}
	return out
}

// cut writes a number of 0 or more without the decimals that are not shown.
func (d digits) cut(v float64) string {
	scale := math.Pow10(int(d))
	return strconv.FormatFloat(math.Floor(v*scale+1e-9)/scale, 'f', int(d), 64)
}

// Percent writes a covered share with one decimal, rounded down, so that 100 %
// is only said of what is fully covered: "84.2 %". Nothing coverable is "–".
func Percent(c coverage.Count) string { return one.percent(c) }

func (d digits) percent(c coverage.Count) string {
	p, ok := c.Percent()
	if !ok {
		return "–"
	}
	return d.cut(p) + " %"
}

// percentOr is percent of a count that may be missing.
func (d digits) percentOr(c *coverage.Count, none string) string {
	if c == nil {
		return none
	}
	return d.percent(*c)
}

func (d digits) branches(b coverage.Branches) string {
	return d.percent(coverage.Count{Covered: b.Covered, Coverable: b.Total})
}

// difference writes the difference of two shares in percentage points: "+0.3",
// "−1.0", "±0", or "" if either side has no number. One too small to show
// keeps its sign: "−0.0" would read as nothing, so it is "−<0.1".
func (d digits) difference(now, before coverage.Count) string {
	n, ok1 := now.Percent()
	b, ok2 := before.Percent()
	sign, abs := "+", math.Abs(n-b)
	switch {
	case !ok1 || !ok2:
		return ""
	case abs < 1e-9:
		return "±0"
	case n < b:
		sign = "−"
	}
	if least := math.Pow10(-int(d)); abs < least-1e-9 {
		return sign + "<" + d.cut(least)
	}
	return sign + d.cut(abs)
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
