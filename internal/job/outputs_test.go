package job

import (
	"testing"

	"github.com/gatewright/gatewright/internal/coverage"
)

// What is below a limit never looks as if it met it.
func TestPercentIsRoundedDown(t *testing.T) {
	for _, tc := range []struct {
		covered, coverable int
		want               string
	}{
		{79996, 100000, "79.99"},
		{99999, 100000, "99.99"},
		{1, 3, "33.33"},
		{2, 3, "66.66"},
		{29, 100, "29.00"}, // 28.999999999999996 as a float
		{4, 4, "100.00"},
		{0, 7, "0.00"},
		{0, 0, ""},
	} {
		if got := percent(coverage.Count{Covered: tc.covered, Coverable: tc.coverable}); got != tc.want {
			t.Errorf("%d of %d: %q, want %q", tc.covered, tc.coverable, got, tc.want)
		}
	}
}
