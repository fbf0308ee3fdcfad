package cli

import (
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

func TestExpiry(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 500, time.UTC)
	for text, want := range map[string]string{
		"":                          "0001-01-01T00:00:00Z",
		"30d":                       "2026-12-21T12:00:00Z",
		"12h":                       "2026-11-22T00:00:00Z",
		"1d12h":                     "2026-11-23T00:00:00Z",
		"45m":                       "2026-11-21T12:45:00Z",
		"2027-01-01":                "2027-01-01T00:00:00Z",
		"2027-01-01T10:00:00+02:00": "2027-01-01T08:00:00Z",
	} {
		got, err := expiry(text, now)
		if err != nil || got.Format(time.RFC3339) != want {
			t.Errorf("%q is %s, %v; want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"soon", "30", "d", "-3h", "-1d", "+1d", "1.5d", "0d", "99999d", "30dd", "2026-11-20", "2026-13-01", "1d-2h3"} {
		if got, err := expiry(text, now); fault.Of(err) != fault.Input {
			t.Errorf("%q was taken for %s, %v", text, got, err)
		}
	}
}
