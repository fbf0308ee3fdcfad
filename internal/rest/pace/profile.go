package pace

import (
	"net/http"
	"time"
)

// Profile is what is known of a host's limits.
type Profile struct {
	Name       string // for people
	Concurrent int    // requests under way at once
	Windows    []Window
	// Usual are limits that the host shows in its headers, at their usual size:
	// a forecast reckons with them, pacing goes by the headers.
	Usual         []Window
	Quota         bool // its X-RateLimit or RateLimit headers count requests
	CapFromHeader bool // its X-RateLimit-Limit is the cap of the first window
	Rate          Rate
	DefaultWait   time.Duration // wait for a limit that does not say how long; doubles from limit to limit
	LongestWait   time.Duration // bound of that doubling; 0 is 32 minutes

	// Disguised returns a limit's name where an answer with another status than
	// 429 is one, and "" where it is not. It is asked about 403 and above 499.
	// Nil: only 429 is a limit.
	Disguised func(Answer) string
}

// Answer is what a Profile sees of an answer that may be a limit.
type Answer struct {
	Status     int
	RetryAfter time.Duration
	Spent      bool   // the headers say that nothing remains
	Body       string // its beginning
}

// limited returns why the answer refuses the request for the rate alone, or "".
func (p Profile) limited(resp *http.Response, h headers, body string) string {
	if resp.StatusCode == http.StatusTooManyRequests {
		return "its rate limit is reached"
	}
	if p.Disguised == nil || !maybeLimit(resp.StatusCode) {
		return ""
	}
	return p.Disguised(Answer{Status: resp.StatusCode, RetryAfter: h.retryAfter, Spent: h.hasRemaining && h.remaining == 0, Body: body})
}

// maybeLimit reports whether an answer is worth looking into: GitHub's limits come
// as 403, and a server that is overloaded has a 5xx of its own or its proxy's.
func maybeLimit(status int) bool { return status == http.StatusForbidden || status >= 500 }
