package pace

import (
	"net/http"
	"strings"
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

func maybeLimit(status int) bool { return status == http.StatusForbidden || status >= 500 }

// GitHub documents 100 requests at once, 900 points a minute and 90 seconds of
// its time a minute, and tells the hourly quota in headers. Half of the
// concurrency is left to others who share the credential.
// Source: docs.github.com, "Rate limits for the REST API".
func GitHub() Profile {
	return Profile{
		Name: "GitHub", Concurrent: 50, Quota: true, DefaultWait: time.Minute,
		Windows: []Window{
			{What: "900 points a minute", Cap: 900, Per: time.Minute, Unit: Points},
			{What: "90 seconds of server time a minute", Cap: 90, Per: time.Minute, Unit: Seconds},
		},
		Rate:      Rate{Floor: 1, Ceiling: 30, Step: 0.1},
		Disguised: githubLimit,
	}
}

// githubLimit knows the words of GitHub's secondary limits, the present ones
// and those of older GitHub Enterprise Servers. Captured answers:
// {"message":"You have exceeded a secondary rate limit. Please wait…","documentation_url":"…/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}
// {"message":"You have triggered an abuse detection mechanism…","documentation_url":"…#abuse-rate-limits"}
// {"message":"API rate limit exceeded for user ID 1."}
func githubLimit(a Answer) string {
	const reached = "its rate limit is reached"
	switch {
	case a.Status != http.StatusForbidden:
		return ""
	case a.RetryAfter > 0 || a.Spent:
		return reached
	}
	body := strings.ToLower(a.Body)
	for _, s := range []string{"secondary rate limit", "secondary-rate-limits", "abuse detection", "abuse-rate-limits", "api rate limit exceeded"} {
		if strings.Contains(body, s) {
			return reached
		}
	}
	return ""
}

// GitLab tells its limits in headers: 2,000 requests a minute at gitlab.com,
// none by default on an own server.
func GitLab() Profile {
	return Profile{
		Name: "GitLab", Concurrent: 20, Quota: true, DefaultWait: time.Minute,
		Rate: Rate{Start: 10, Floor: 1, Ceiling: 100, Step: 2},
	}
}

// Azure counts load units that a client cannot know. It first slows answers
// down and adds Retry-After to them, and only then answers 429. Its
// X-RateLimit-Remaining counts those units, not requests.
func Azure() Profile {
	return Profile{
		Name: "Azure DevOps", Concurrent: 8, DefaultWait: time.Minute,
		Rate: Rate{Start: 5, Floor: 0.5, Ceiling: 30, Step: 1},
	}
}

// Bitbucket allows 1,000 requests in any hour, more to access tokens of larger
// workspaces, and tells how many.
func Bitbucket() Profile {
	return Profile{
		Name: "Bitbucket", Concurrent: 8, CapFromHeader: true, DefaultWait: time.Minute,
		Windows: []Window{{What: "the requests of an hour", Cap: 1000, Per: time.Hour}},
		Rate:    Rate{Floor: 0.25, Ceiling: 10, Step: 0.1},
	}
}

// Gitea has no limits of its own; a proxy in front of it may.
func Gitea() Profile {
	return Profile{
		Name: "Gitea", Concurrent: 8, Quota: true, DefaultWait: 30 * time.Second,
		Rate: Rate{Start: 10, Floor: 1, Ceiling: 50, Step: 2},
	}
}
