package pace

import (
	"net/http"
	"testing"
	"time"
)

// FuzzHeaders: whatever an answer says of limits, no wait is negative or
// longer than is said, and no count is below nothing.
func FuzzHeaders(f *testing.F) {
	f.Add("1", "0", "5000", "1900000000", "Thu, 01 Jan 2026 00:00:00 GMT")
	f.Add("1e300", "NaN", "-1", "Inf", "")
	f.Add("Fri, 31 Dec 9999 23:59:59 GMT", "9999999999999999999", "", "1e18", "Thu, 01 Jan 1970 00:00:00 GMT")
	f.Add("", "", "", "1", "Fri, 31 Dec 0000 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, after, remaining, limit, reset, date string) {
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		h := readHeaders(&http.Response{Header: http.Header{
			"Retry-After": {after}, "X-Ratelimit-Remaining": {remaining}, "X-Ratelimit-Limit": {limit}, "X-Ratelimit-Reset": {reset}, "Date": {date},
		}}, now)
		if h.retryAfter < 0 || h.remaining < 0 {
			t.Errorf("wait %s, %d remaining", h.retryAfter, h.remaining)
		}
		if !h.reset.IsZero() && h.stamp < 0 {
			t.Errorf("reset at %s, stamp %d", h.reset, h.stamp)
		}
	})
}
