package fleet

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// graceFor is how long a run that was queued with the old token can still use
// it: GitHub reads secrets when a run is queued, and a hosted job lives 6
// hours, a self-hosted one 5 days after at most one in the queue; no run, one
// that waits for an approval included, lives longer than 35 days.
// Source: docs.github.com, "Actions limits".
func graceFor(runners string) time.Duration {
	switch runners {
	case "self-hosted":
		return 7 * 24 * time.Hour
	case "any":
		return 35 * 24 * time.Hour
	default:
		return 24 * time.Hour
	}
}

// Span is a duration that may count in days: 90d, 1d12h, 30m.
type Span time.Duration

// longestSpan bounds the days and the rest: a hundred years each, so that no sum
// overflows.
const longestSpan = 36500

var errSpan = errors.New("not a duration like 90d, 12h or 1d12h")

// UnmarshalText reads the form of the command line and of fleet.yml.
func (s *Span) UnmarshalText(text []byte) error {
	days, rest, found := strings.Cut(strings.TrimSpace(string(text)), "d")
	if !found {
		days, rest = "0", days
	} else if rest == "" {
		rest = "0"
	}
	n, err := strconv.ParseUint(days, 10, 64)
	d, err2 := time.ParseDuration(rest)
	if err != nil || err2 != nil || n > longestSpan || d < 0 || d > longestSpan*24*time.Hour {
		return fmt.Errorf("%q: %w", text, errSpan)
	}
	*s = Span(time.Duration(n)*24*time.Hour + d)
	return nil
}

// MarshalText writes what UnmarshalText reads.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalYAML reads the same, and names the line of what is wrong.
func (s *Span) UnmarshalYAML(n *yaml.Node) error {
	if err := s.UnmarshalText([]byte(n.Value)); err != nil {
		return fmt.Errorf("line %d: %w", n.Line, err)
	}
	return nil
}
