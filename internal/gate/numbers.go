package gate

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gatewright/gatewright/internal/coverage"
)

// number writes a float without needless zeros.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// digits are those of a page with these rules; see coverage.Digits. Rules over
// numbers of things have none: what they count is whole.
func (r Rules) digits() coverage.Digits {
	var thresholds []float64
	see := func(slots []slot) {
		for _, s := range slots {
			if *s.to != nil && s.of.share {
				thresholds = append(thresholds, (*s.to).Value)
			}
		}
	}
	see(r.slots())
	see(r.Tests.slots())
	for i := range r.Components {
		see(r.Components[i].slots())
	}
	for _, p := range r.Paths {
		thresholds = append(thresholds, p.Value)
	}
	return coverage.DigitsFor(thresholds)
}

// percent writes a share.
func percent(d coverage.Digits, p float64) string { return number(d.Floor(p)) + " %" }

// points writes a loss in percentage points. One below epsilon is noise, and no
// gain.
func points(d coverage.Digits, loss float64) string {
	if loss < -epsilon {
		return number(d.Floor(-loss)) + " points up"
	}
	return number(d.Ceil(max(loss, 0))) + " points"
}

// sample is a number of things, of which the first are named.
type sample struct {
	n     int
	first []string
}

const named = 3

// add counts a thing. Its name is asked for only if it is shown: there may be
// hundreds of thousands.
func (s *sample) add(name func() string) {
	if s.n++; s.n <= named {
		s.first = append(s.first, name())
	}
}

// String names the first and counts the others.
func (s sample) String() string {
	text := strings.Join(s.first, ", ")
	if s.n > named {
		text += fmt.Sprintf(" and %d more", s.n-named)
	}
	return text
}

// some names the first few of many, as a line of a table can hold them.
func some(names []string) string {
	return sample{len(names), names[:min(named, len(names))]}.String()
}
