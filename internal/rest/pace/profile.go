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
	Quota      bool // its X-RateLimit or RateLimit headers count requests
	Told       bool // its X-RateLimit-Limit is the cap of the first window
	Rate       Rate
	Unsaid     time.Duration // wait for a limit that does not say how long; doubles from limit to limit

	words func(body string) bool // tells a 403 that is a limit by its body; may be nil
}

// limited reports whether the answer refuses the request for the rate alone.
func (p Profile) limited(resp *http.Response, h headers, words string) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusForbidden:
		return p.words != nil && (h.retryAfter > 0 || h.hasRemaining && h.remaining == 0 || p.words(words))
	default:
		return false
	}
}

// GitHub documents 100 requests at once, 900 points a minute and 90 seconds of
// its time a minute, and tells the hourly quota in headers. Half of the
// concurrency is left to others who share the credential.
// Source: docs.github.com, "Rate limits for the REST API".
func GitHub() Profile {
	return Profile{
		Name: "GitHub", Concurrent: 50, Quota: true, Unsaid: time.Minute,
		Windows: []Window{
			{What: "900 points a minute", Cap: 900, Per: time.Minute, Unit: Points},
			{What: "90 seconds of server time a minute", Cap: 90, Per: time.Minute, Unit: Seconds},
		},
		Rate:  Rate{Floor: 1, Ceiling: 30, Step: 0.1},
		words: githubLimit,
	}
}

// githubLimit knows the words of GitHub's secondary limits, the present ones
// and those of older GitHub Enterprise Servers. Captured answers:
// {"message":"You have exceeded a secondary rate limit. Please wait…","documentation_url":"…/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}
// {"message":"You have triggered an abuse detection mechanism…","documentation_url":"…#abuse-rate-limits"}
// {"message":"API rate limit exceeded for user ID 1."}
func githubLimit(body string) bool {
	body = strings.ToLower(body)
	for _, s := range []string{"secondary rate limit", "secondary-rate-limits", "abuse detection", "abuse-rate-limits", "api rate limit exceeded"} {
		if strings.Contains(body, s) {
			return true
		}
	}
	return false
}

// GitLab tells its limits in headers: 2,000 requests a minute at gitlab.com,
// none by default on an own server.
func GitLab() Profile {
	return Profile{
		Name: "GitLab", Concurrent: 20, Quota: true, Unsaid: time.Minute,
		Rate: Rate{Start: 10, Floor: 1, Ceiling: 100, Step: 2},
	}
}

// Azure counts load units that a client cannot know. It first slows answers
// down and adds Retry-After to them, and only then answers 429. Its
// X-RateLimit-Remaining counts those units, not requests.
func Azure() Profile {
	return Profile{
		Name: "Azure DevOps", Concurrent: 8, Unsaid: time.Minute,
		Rate: Rate{Start: 5, Floor: 0.5, Ceiling: 30, Step: 1},
	}
}

// Bitbucket allows 1,000 requests in any hour, more to access tokens of larger
// workspaces, and tells how many.
func Bitbucket() Profile {
	return Profile{
		Name: "Bitbucket", Concurrent: 8, Told: true, Unsaid: time.Minute,
		Windows: []Window{{What: "the requests of an hour", Cap: 1000, Per: time.Hour}},
		Rate:    Rate{Floor: 0.25, Ceiling: 10, Step: 0.1},
	}
}

// Gitea has no limits of its own; a proxy in front of it may.
func Gitea() Profile {
	return Profile{
		Name: "Gitea", Concurrent: 8, Quota: true, Unsaid: 30 * time.Second,
		Rate: Rate{Start: 10, Floor: 1, Ceiling: 50, Step: 2},
	}
}

// Codacy allows 2,500 requests in five minutes from one address.
func Codacy() Profile {
	return Profile{
		Name: "Codacy", Concurrent: 16, Unsaid: time.Minute,
		Windows: []Window{{What: "2,500 requests in 5 minutes", Cap: 2500, Per: 5 * time.Minute}},
		Rate:    Rate{Floor: 1, Ceiling: 30, Step: 0.2},
	}
}

// CodeAnt documents no limits; a CI run sends it a dozen requests, so it is not
// held back before there is a sign of one.
func CodeAnt() Profile {
	return Profile{
		Name: "CodeAnt", Concurrent: 8, Quota: true, Unsaid: time.Minute,
		Rate: Rate{Floor: 0.5, Ceiling: 30, Step: 1},
	}
}

// CodeDig allows 100 requests a minute and more by plan, and tells in headers.
func CodeDig() Profile {
	return Profile{
		Name: "CodeDig", Concurrent: 8, Quota: true, Unsaid: time.Minute,
		Rate: Rate{Floor: 0.5, Ceiling: 30, Step: 1},
	}
}
