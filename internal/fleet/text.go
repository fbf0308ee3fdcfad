package fleet

import (
	"fmt"
	"strings"
	"time"
)

// expiryReason says when a token expires, or did.
func expiryReason(at, now time.Time) string {
	if !at.After(now) {
		return "expired on " + at.Format(time.DateOnly)
	}
	return fmt.Sprintf("expires in %s, on %s", days(at.Sub(now)), at.Format(time.DateOnly))
}

// number is how many of the list are so.
func number[T any](list []T, so func(T) bool) (n int) {
	for _, x := range list {
		if so(x) {
			n++
		}
	}
	return n
}

// days is a duration for people: nobody counts 90 days in hours.
func days(d time.Duration) string {
	if d < 48*time.Hour {
		return d.Round(time.Minute).String()
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// counted counts in words and in the given order: "3 rotated, 2 kept".
func counted[K ~string](order []K, counts map[K]int) string {
	var parts []string
	for _, k := range order {
		if n := counts[k]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, k))
		}
	}
	return strings.Join(parts, ", ")
}

// day is a date for people, "" for none.
func day(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// minute is a time for people, in UTC: who reads it and who made it may be in
// different zones.
func minute(at time.Time) string { return at.UTC().Format("2006-01-02 15:04") }

// oneLine flattens joined errors, for tables and for a journal's line.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }
