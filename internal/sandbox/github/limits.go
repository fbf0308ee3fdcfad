package github

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/sandbox/answer"
)

// Limits are GitHub's documented limits for one credential; 0 is none.
type Limits struct {
	Quota      int // requests in a fixed hour
	Points     int // in any 60 seconds: 1 for reading, 5 for writing
	Concurrent int // requests at once
}

// DefaultLimits are those of a user's token at github.com.
func DefaultLimits() Limits {
	known := github.Descriptor().Limits
	return Limits{Quota: int(known.Usual[0].Cap), Points: int(known.Windows[0].Cap), Concurrent: 2 * known.Concurrent}
}

// Usage is what the stand-in counted for one credential.
type Usage struct {
	Requests  int
	Primary   int // requests refused because the hour's quota was used up
	Secondary int // requests refused for points or concurrency
	Unchanged int // requests answered 304, which the hour's quota does not count
}

// meter counts each credential's requests.
type meter struct {
	mu   sync.Mutex
	list map[string]*counter
}

type counter struct {
	Usage
	reset  time.Time
	used   int
	busy   int
	points []point
	sum    int
}

type point struct {
	at   time.Time
	cost int
}

// Usage sums up all credentials.
func (s *Server) Usage() Usage {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	var u Usage
	for _, c := range s.meter.list {
		u.Requests += c.Requests
		u.Primary += c.Primary
		u.Secondary += c.Secondary
		u.Unchanged += c.Unchanged
	}
	return u
}

// enter books a request or refuses it.
func (s *Server) enter(w http.ResponseWriter, r *http.Request, token string) (leave func(), ok bool) {
	m, l, now, quiet := &s.meter, s.Limits, s.World.Now(), s.World.Quirk(QuietLimits)
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.list == nil {
		m.list = map[string]*counter{}
	}
	c := m.list[token]
	if c == nil {
		c = &counter{}
		m.list[token] = c
	}
	if !now.Before(c.reset) {
		c.reset, c.used = now.Add(time.Hour).Truncate(time.Second), 0
	}
	c.Requests++
	if r.URL.Path != "/rate_limit" {
		c.used++
	}
	if l.Quota > 0 {
		c.headers(w, l)
		if c.used > l.Quota {
			c.Primary++
			answer.JSON(w, 403, map[string]string{
				"message":           "API rate limit exceeded for user ID 1.",
				"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api",
			})
			return nil, false
		}
	}
	if !c.spend(now, cost(r.Method), l) {
		c.Secondary++
		status := 403
		switch {
		case quiet && c.Secondary%3 == 0:
			w.WriteHeader(429) // with no body at all (gofri/go-github-ratelimit#29)
			return nil, false
		case quiet && c.Secondary%3 == 2:
			status = 429
		case !quiet:
			w.Header().Set("Retry-After", "60")
		}
		answer.JSON(w, status, map[string]string{
			"message":           "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
			"documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits",
		})
		return nil, false
	}
	c.busy++
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		c.busy--
	}, true
}

// unbook takes a request that was answered 304 out of the hour's quota
// (docs.github.com, "Best practices for using the REST API"). Whether the
// points of the minute are given back is not said.
func (s *Server) unbook(w http.ResponseWriter, token string) {
	s.meter.mu.Lock()
	defer s.meter.mu.Unlock()
	c := s.meter.list[token]
	c.used--
	c.Unchanged++
	if n := len(c.points); n > 0 && s.World.Quirk(Free304) {
		c.sum -= c.points[n-1].cost
		c.points = c.points[:n-1]
	}
	if s.Limits.Quota > 0 {
		c.headers(w, s.Limits)
	}
}

func cost(method string) int {
	switch method {
	case "GET", "HEAD", "OPTIONS":
		return 1
	default:
		return 5
	}
}

func (c *counter) spend(now time.Time, cost int, l Limits) bool {
	for len(c.points) > 0 && now.Sub(c.points[0].at) >= time.Minute {
		c.sum -= c.points[0].cost
		c.points = c.points[1:]
	}
	if l.Points > 0 && c.sum+cost > l.Points || l.Concurrent > 0 && c.busy >= l.Concurrent {
		return false
	}
	c.points = append(c.points, point{now, cost})
	c.sum += cost
	return true
}

func (c *counter) headers(w http.ResponseWriter, l Limits) {
	h := w.Header()
	h.Set("X-RateLimit-Limit", strconv.Itoa(l.Quota))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(max(l.Quota-c.used, 0)))
	h.Set("X-RateLimit-Used", strconv.Itoa(c.used))
	h.Set("X-RateLimit-Reset", strconv.FormatInt(c.reset.Unix(), 10))
	h.Set("X-RateLimit-Resource", "core")
}

func (s *Server) rateLimit(w http.ResponseWriter, r *http.Request) {
	s.meter.mu.Lock()
	c := s.meter.list[answer.Credential(r)]
	core := map[string]any{"limit": s.Limits.Quota, "remaining": max(s.Limits.Quota-c.used, 0), "used": c.used, "reset": c.reset.Unix()}
	s.meter.mu.Unlock()
	search := map[string]any{"limit": 30, "remaining": 30, "used": 0, "reset": c.reset.Unix()}
	answer.JSON(w, 200, map[string]any{"resources": map[string]any{"core": core, "search": search}, "rate": core})
}
