package input

import (
	"fmt"

	"github.com/bmatcuk/doublestar/v4"
)

// maxWays is how many texts the braces of a glob may stand for. The matcher tries
// all of them: twenty pairs of braces are a million.
const maxWays = 1000

// CheckGlob returns why a glob is none, or one that takes too long to match.
func CheckGlob(glob string) error {
	ways, open := 1, []int(nil) // the alternatives of each pair that is not closed
	for _, c := range []byte(glob) {
		last := len(open) - 1
		switch {
		case c == '{':
			open = append(open, 1)
		case c == ',' && last >= 0:
			open[last]++
		case c == '}' && last >= 0:
			ways, open = min(ways*open[last], maxWays+1), open[:last]
		}
	}
	switch {
	case ways > maxWays:
		return fmt.Errorf("%.80q: its braces stand for more than %d globs", glob, maxWays)
	case !doublestar.ValidatePattern(glob):
		return fmt.Errorf("%q is no valid glob: a bracket or brace is not closed", glob)
	}
	return nil
}
