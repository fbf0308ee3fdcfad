package gate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// number writes a float without needless zeros.
func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// Two decimals are shown, and a number is rounded to the side on which it looks
// no better than it is: none that is shown looks as if it met a threshold of as
// many decimals that it does not meet. Floating-point noise is no reason to
// round: 29 % may be 28.999999999999996.
const (
	shown = 100
	noise = 1e-7
)

func down(v float64) string { return number(math.Floor(v*shown+noise) / shown) }

// up is for 0 and more; its 0 has no sign.
func up(v float64) string { return number(math.Abs(math.Ceil(v*shown-noise) / shown)) }

func percent(p float64) string { return down(p) + " %" }

// points writes a loss in percentage points.
func points(d float64) string {
	if d < -epsilon {
		return down(-d) + " points up"
	}
	return up(max(d, 0)) + " points"
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", n, plural(noun))
}

func plural(noun string) string {
	if noun == "branch" {
		return "branches"
	}
	return noun + "s"
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

func some(names []string) string {
	return sample{len(names), names[:min(named, len(names))]}.String()
}
