package coverage

import (
	"math"
	"strconv"
	"strings"
)

// Digits is how many decimals the shares of a page and their differences are
// shown with: one, or as many as the most precise threshold on the page. What
// is good is rounded down and what is bad is rounded up, so that no number looks
// better than it is. From both follows that a number that is shown stands on the
// same side of its threshold as the number itself: 79.99 % is shown as 79.9 %
// where 80 % is wanted, and 79.96 % as itself where 79.95 % is.
type Digits int

// maxDigits is how many decimals a float64 surely has of a percentage.
const maxDigits = 9

// DigitsFor returns the digits of a page with these thresholds, each in percent
// or percentage points.
func DigitsFor(thresholds []float64) Digits {
	most := 1
	for _, t := range thresholds {
		_, decimals, _ := strings.Cut(strconv.FormatFloat(t, 'f', -1, 64), ".")
		most = max(most, len(decimals))
	}
	return Digits(min(most, maxDigits))
}

// noise is what floating-point numbers may be off by after a multiplication:
// 29 % may be 28.999999999999996.
const noise = 1e-7

// Floor rounds a number of 0 or more down to what is shown.
func (d Digits) Floor(v float64) float64 {
	scale := math.Pow10(int(d))
	return math.Floor(v*scale+noise) / scale
}

// Ceil rounds a number of 0 or more up to what is shown.
func (d Digits) Ceil(v float64) float64 {
	scale := math.Pow10(int(d))
	return math.Abs(math.Ceil(v*scale-noise) / scale) // its 0 has no sign
}

// Text writes a number that was rounded, with all its digits.
func (d Digits) Text(v float64) string { return strconv.FormatFloat(v, 'f', int(d), 64) }

// Percent writes a covered share: "84.2 %". Nothing coverable is "–". 100 % is
// only said of what is covered whole.
func (d Digits) Percent(c Count) string {
	p, ok := c.Percent()
	if !ok {
		return "–"
	}
	return d.Text(d.Floor(p)) + " %"
}
