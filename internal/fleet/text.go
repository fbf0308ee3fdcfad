package fleet

import (
	"fmt"
	"strings"
	"time"
)

func expiryReason(at, now time.Time) string {
	if !at.After(now) {
		return "expired on " + at.Format(time.DateOnly)
	}
	return fmt.Sprintf("expires in %s, on %s", days(at.Sub(now)), at.Format(time.DateOnly))
}

func days(d time.Duration) string {
	if d < 48*time.Hour {
		return d.Round(time.Minute).String()
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if stem, ok := strings.CutSuffix(what, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, what)
}
