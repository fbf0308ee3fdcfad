package pace_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/forge/azuredevops"
	"github.com/gatewright/gatewright/internal/forge/bitbucket"
	"github.com/gatewright/gatewright/internal/forge/gitea"
	githubforge "github.com/gatewright/gatewright/internal/forge/github"
	"github.com/gatewright/gatewright/internal/forge/gitlab"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// answer is what a host says to one request.
type answer struct {
	status int
	header map[string]string
	body   string
}

// host is a server in virtual time: it notes when each request arrives and
// answers after a while.
type host struct {
	mu       sync.Mutex
	arrived  []time.Time
	methods  []string
	latency  func(*http.Request) time.Duration
	answerTo func(n int, at time.Time, r *http.Request) answer // n counts from 1; called under the lock
}

func (h *host) RoundTrip(r *http.Request) (*http.Response, error) {
	lat := 100 * time.Millisecond
	if h.latency != nil {
		lat = h.latency(r)
	}
	time.Sleep(lat / 2)
	h.mu.Lock()
	at := time.Now()
	h.arrived = append(h.arrived, at)
	h.methods = append(h.methods, r.Method)
	a := h.answerTo(len(h.arrived), at, r)
	h.mu.Unlock()
	time.Sleep(lat / 2)
	if a.status == 0 {
		a.status = 200
	}
	header := http.Header{"Date": {time.Now().UTC().Format(http.TimeFormat)}}
	for k, v := range a.header {
		header.Set(k, v)
	}
	return &http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body)), Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, nil
}

func (h *host) between(from, to time.Time) int {
	n := 0
	for _, at := range h.arrived {
		if at.After(from) && at.Before(to) {
			n++
		}
	}
	return n
}

func client(t *testing.T, h *host, p rest.Pacer, maxWait time.Duration) *rest.Client {
	t.Helper()
	c, err := rest.New(rest.Config{System: "test", BaseURL: "https://host.example", Transport: h, Pace: p, MaxWait: maxWait})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func call(ctx context.Context, c *rest.Client, method string) error {
	_, err := c.Call(ctx, rest.Request{Op: "try", Method: method, Path: "/x"}, nil)
	return err
}

// work lets workers share n jobs, and returns how long that took.
func work(workers, n int, job func()) time.Duration {
	start := time.Now()
	var left atomic.Int64
	left.Store(int64(n))
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for left.Add(-1) >= 0 {
				job()
			}
		})
	}
	wg.Wait()
	return time.Since(start)
}

// github enforces what GitHub documents, at the moment a request arrives:
// 900 points in any 60 seconds, a quota for a fixed hour, 100 at once.
type github struct {
	quota    int
	resets   time.Time
	used     int
	points   []time.Time
	refusals int
}

func (g *github) answer(_ int, at time.Time, r *http.Request) answer {
	if g.resets.IsZero() || !at.Before(g.resets) {
		g.resets, g.used = time.Unix(at.Add(time.Hour).Unix(), 0), 0
	}
	cost := 5
	if r.Method == "GET" {
		cost = 1
	}
	for len(g.points) > 0 && at.Sub(g.points[0]) >= time.Minute {
		g.points = g.points[1:]
	}
	g.used++
	h := map[string]string{
		"X-RateLimit-Limit": strconv.Itoa(g.quota), "X-RateLimit-Remaining": strconv.Itoa(max(g.quota-g.used, 0)),
		"X-RateLimit-Reset": strconv.FormatInt(g.resets.Unix(), 10), "X-RateLimit-Resource": "core",
	}
	if g.used > g.quota || len(g.points)+cost > 900 {
		g.refusals++
		return answer{403, h, `{"message":"You have exceeded a secondary rate limit."}`}
	}
	for range cost {
		g.points = append(g.points, at)
	}
	return answer{header: h, body: "{}"}
}

// The optimum is what an omniscient schedule takes under the same limits, as an
// event simulation gives it: listing, then a key and a secret for each
// repository, 16 workers, 0.15 s for a GET and 0.3 s for a PUT.
func TestDocumentedLimitsAreUsedUpAndNeverMet(t *testing.T) {
	for _, tc := range []struct {
		n, quota int
		optimum  time.Duration
	}{
		{100, 5000, 3600 * time.Millisecond},
		{1000, 5000, 364950 * time.Millisecond},
		{10000, 5000, 14401650 * time.Millisecond},
		{10000, 12500, 5101650 * time.Millisecond},
		{10000, 15000, 4620300 * time.Millisecond},
	} {
		t.Run(fmt.Sprintf("%d repositories, %d an hour", tc.n, tc.quota), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := &github{quota: tc.quota}
				h := &host{answerTo: g.answer, latency: func(r *http.Request) time.Duration {
					if r.Method == "GET" {
						return 150 * time.Millisecond
					}
					return 300 * time.Millisecond
				}}
				c := client(t, h, pace.New(githubforge.Descriptor().Limits, pace.Options{MaxWait: 2 * time.Hour}), 2*time.Hour)
				ctx := t.Context()
				start := time.Now()
				for range (tc.n + 99) / 100 {
					if err := call(ctx, c, "GET"); err != nil {
						t.Fatal(err)
					}
				}
				work(16, tc.n, func() {
					for _, m := range []string{"GET", "PUT"} {
						if err := call(ctx, c, m); err != nil {
							t.Error(err)
						}
					}
				})
				took := time.Since(start)
				ratio := took.Seconds() / tc.optimum.Seconds()
				t.Logf("%d requests in %s, optimum %s, ratio %.3f, refusals %d", len(h.arrived), took.Round(10*time.Millisecond), tc.optimum, ratio, g.refusals)
				if g.refusals != 0 {
					t.Errorf("met the limit %d times", g.refusals)
				}
				if ratio > 1.05 {
					t.Errorf("took %.3f of the optimum", ratio)
				}
			})
		})
	}
}

func reset(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

const secondary = `{"message":"You have exceeded a secondary rate limit. Please wait a few minutes before you try again.","documentation_url":"https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`

// Every way in which a host says "not so fast": no request leaves from the
// moment the first refusal is back until the wait is over, and then they leave
// one by one.
func TestLimitHoldsAllWorkersBack(t *testing.T) {
	for _, tc := range []struct {
		name    string
		profile pace.Profile
		limit   func(at time.Time) answer
		wait    time.Duration
	}{
		{"github 403 secondary with Retry-After", githubforge.Descriptor().Limits, func(time.Time) answer {
			return answer{403, map[string]string{"Retry-After": "40"}, secondary}
		}, 40 * time.Second},
		{"github 403 secondary without any header", githubforge.Descriptor().Limits, func(time.Time) answer {
			return answer{403, nil, secondary}
		}, time.Minute},
		{"github 403 secondary with a far reset that is not its own", githubforge.Descriptor().Limits, func(at time.Time) answer {
			return answer{403, map[string]string{"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "4000", "X-RateLimit-Reset": reset(at.Add(50 * time.Minute))}, secondary}
		}, time.Minute},
		{"github 429 secondary with Retry-After", githubforge.Descriptor().Limits, func(time.Time) answer {
			return answer{429, map[string]string{"Retry-After": "40"}, secondary}
		}, 40 * time.Second},
		{"github 403 primary", githubforge.Descriptor().Limits, func(at time.Time) answer {
			return answer{403, map[string]string{"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset(at.Add(20 * time.Minute))}, `{"message":"API rate limit exceeded for user ID 1."}`}
		}, 20 * time.Minute},
		{"github 429 primary", githubforge.Descriptor().Limits, func(at time.Time) answer {
			return answer{429, map[string]string{"X-RateLimit-Limit": "5000", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset(at.Add(20 * time.Minute))}, `{"message":"API rate limit exceeded"}`}
		}, 20 * time.Minute},
		{"github 429 without any header", githubforge.Descriptor().Limits, func(time.Time) answer { return answer{status: 429, body: "<html>slow down</html>"} }, time.Minute},
		{"gitlab 429", gitlab.Descriptor().Limits, func(at time.Time) answer {
			return answer{429, map[string]string{"Retry-After": "35", "RateLimit-Limit": "2000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset(at.Add(35 * time.Second))}, "Retry later"}
		}, 35 * time.Second},
		{"gitlab 200 with nothing remaining", gitlab.Descriptor().Limits, func(at time.Time) answer {
			return answer{200, map[string]string{"RateLimit-Limit": "2000", "RateLimit-Remaining": "0", "RateLimit-Reset": reset(at.Add(35 * time.Second))}, "{}"}
		}, 35 * time.Second},
		{"azure 200 with Retry-After", azuredevops.Descriptor().Limits, func(time.Time) answer {
			return answer{200, map[string]string{"Retry-After": "25", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9"}, "{}"}
		}, 25 * time.Second},
		{"azure 429 with a date", azuredevops.Descriptor().Limits, func(at time.Time) answer {
			return answer{429, map[string]string{"Retry-After": at.Add(45 * time.Second).UTC().Format(http.TimeFormat)}, `{"message":"TF400733: throttled"}`}
		}, 44 * time.Second},
		{"bitbucket 429", bitbucket.Descriptor().Limits, func(time.Time) answer {
			return answer{status: 429, body: "Rate limit for this resource has been exceeded"}
		}, time.Minute},
		{"gitea 429", gitea.Descriptor().Limits, func(time.Time) answer { return answer{status: 429} }, 30 * time.Second},
		{"codedig 200 with nothing remaining, reset from now", quotaTold(), func(time.Time) answer {
			return answer{200, map[string]string{"X-RateLimit-Limit": "100", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "30"}, "{}"}
		}, 30 * time.Second},
		{"any 503 with Retry-After", windowed(), func(time.Time) answer {
			return answer{503, map[string]string{"Retry-After": "20"}, ""}
		}, 20 * time.Second},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const limited = 20
				var told []string
				var refused time.Time
				h := &host{answerTo: func(n int, at time.Time, _ *http.Request) answer {
					if n == limited {
						refused = at
						return tc.limit(at)
					}
					return answer{body: "{}"}
				}}
				c := client(t, h, pace.New(tc.profile, pace.Options{MaxWait: time.Hour, Notify: func(s string) { told = append(told, s) }}), time.Hour)
				work(8, 60, func() {
					if err := call(t.Context(), c, "POST"); err != nil {
						t.Error(err)
					}
				})
				back := refused.Add(50 * time.Millisecond) // the answer's way back
				quietFrom := back.Add(50 * time.Millisecond)
				end := back.Add(tc.wait)
				if n := h.between(quietFrom, end); n != 0 {
					t.Errorf("%d requests arrived during the wait", n)
				}
				burst := h.between(end, end.Add(1500*time.Millisecond))
				if burst > 15 {
					t.Errorf("%d requests in the first 1.5 s after the wait", burst)
				}
				for i := 1; i < len(h.arrived); i++ {
					if h.arrived[i-1].After(end) && h.arrived[i].Sub(h.arrived[i-1]) < time.Millisecond {
						t.Fatalf("requests %d and %d left at once after the wait", i, i+1)
					}
				}
				if len(told) == 0 {
					t.Error("the wait was not announced")
				}
				t.Logf("wait %s: 0 requests; first 1.5 s after it: %d; told: %q", tc.wait, burst, told)
			})
		})
	}
}

func TestMissingPermissionIsNoLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := &host{answerTo: func(int, time.Time, *http.Request) answer {
			return answer{403, map[string]string{"X-RateLimit-Remaining": "4000"}, `{"message":"Resource not accessible by integration"}`}
		}}
		start := time.Now()
		err := call(t.Context(), client(t, h, pace.New(githubforge.Descriptor().Limits, pace.Options{}), 0), "GET")
		if fault.Of(err) != fault.Auth || !strings.Contains(err.Error(), "not accessible by integration") {
			t.Errorf("error is %v", err)
		}
		if len(h.arrived) != 1 || time.Since(start) > time.Second {
			t.Errorf("%d requests in %s", len(h.arrived), time.Since(start))
		}
	})
}

// The window is counted at the host while requests are 100 ms to 1 s under way.
func TestWindowsOfOtherHosts(t *testing.T) {
	for _, tc := range []struct {
		profile pace.Profile
		limit   int
		span    time.Duration
		n       int
		header  map[string]string
	}{
		{windowed(), 2500, 5 * time.Minute, 6000, nil},
		{bitbucket.Descriptor().Limits, 1000, time.Hour, 2500, nil},
		{bitbucket.Descriptor().Limits, 4000, time.Hour, 9000, map[string]string{"X-RateLimit-Limit": "4000", "X-RateLimit-Resource": "api"}},
	} {
		t.Run(fmt.Sprintf("%s %d", tc.profile.Name, tc.limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var i atomic.Int64
				h := &host{
					latency:  func(*http.Request) time.Duration { return time.Duration(100+i.Add(1)*7919%900) * time.Millisecond },
					answerTo: func(int, time.Time, *http.Request) answer { return answer{header: tc.header, body: "{}"} },
				}
				c := client(t, h, pace.New(tc.profile, pace.Options{MaxWait: 2 * time.Hour}), 2*time.Hour)
				took := work(16, tc.n, func() {
					if err := call(t.Context(), c, "POST"); err != nil {
						t.Error(err)
					}
				})
				worst := 0
				for i, j := 0, 0; i < len(h.arrived); i++ {
					for h.arrived[i].Sub(h.arrived[j]) >= tc.span {
						j++
					}
					worst = max(worst, i-j+1)
				}
				t.Logf("%d requests in %s, at most %d in %s", tc.n, took, worst, tc.span)
				if worst > tc.limit || worst < tc.limit*9/10 {
					t.Errorf("%d requests within %s, want up to %d", worst, tc.span, tc.limit)
				}
			})
		})
	}
}

// A limit that nobody documents, 120 requests a minute without a word on how
// long to wait: the rate settles below it.
func TestUndocumentedLimitIsLearnt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ok []time.Time
		refusals := 0
		h := &host{answerTo: func(_ int, at time.Time, _ *http.Request) answer {
			for len(ok) > 0 && at.Sub(ok[0]) >= time.Minute {
				ok = ok[1:]
			}
			if len(ok) >= 120 {
				refusals++
				return answer{403, nil, secondary}
			}
			ok = append(ok, at)
			return answer{body: "{}"}
		}}
		c := client(t, h, pace.New(githubforge.Descriptor().Limits, pace.Options{MaxWait: time.Hour}), time.Hour)
		took := work(16, 2400, func() {
			if err := call(t.Context(), c, "GET"); err != nil {
				t.Error(err)
			}
		})
		t.Logf("2400 requests in %s (20m0s at best), %d refusals", took.Round(time.Second), refusals)
		if refusals > 40 || took > 40*time.Minute {
			t.Errorf("%d refusals in %s", refusals, took)
		}
	})
}

func TestWaitsHaveBounds(t *testing.T) {
	long := func(_ int, at time.Time, _ *http.Request) answer {
		return answer{429, map[string]string{"Retry-After": "600"}, secondary}
	}
	t.Run("longest wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := &host{answerTo: long}
			c := client(t, h, pace.New(githubforge.Descriptor().Limits, pace.Options{MaxWait: time.Minute}), time.Minute)
			start := time.Now()
			first, second := call(t.Context(), c, "GET"), call(t.Context(), c, "GET")
			if rest.Status(first) != 429 || fault.Of(second) != fault.Service || !strings.Contains(fault.Hint(second), "--max-wait") {
				t.Errorf("first %v, second %v, hint %q", first, second, fault.Hint(second))
			}
			if len(h.arrived) != 1 || time.Since(start) > time.Second {
				t.Errorf("%d requests in %s", len(h.arrived), time.Since(start))
			}
		})
	})
	t.Run("deadline", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := &host{answerTo: long}
			c := client(t, h, pace.New(githubforge.Descriptor().Limits, pace.Options{MaxWait: time.Hour}), time.Hour)
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
			defer cancel()
			start := time.Now()
			_ = call(ctx, c, "GET")
			err := call(ctx, c, "GET")
			if fault.Of(err) != fault.Timeout || time.Since(start) > time.Second {
				t.Errorf("%v after %s", err, time.Since(start))
			}
		})
	})
	t.Run("cancel", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			h := &host{answerTo: long}
			c := client(t, h, pace.New(githubforge.Descriptor().Limits, pace.Options{MaxWait: time.Hour}), time.Hour)
			ctx, cancel := context.WithCancel(t.Context())
			var wg sync.WaitGroup
			for range 8 {
				wg.Go(func() {
					if err := call(ctx, c, "PUT"); !errors.Is(err, context.Canceled) {
						t.Errorf("error is %v", err)
					}
				})
			}
			time.Sleep(10 * time.Second)
			cancel()
			start := time.Now()
			wg.Wait()
			if time.Since(start) != 0 {
				t.Errorf("cancelling took %s", time.Since(start))
			}
		})
	})
}

func TestBudgetsAreShared(t *testing.T) {
	var s pace.Budgets
	a := s.For(githubforge.Descriptor().Limits, "api.github.com", "1234")
	if a != s.For(githubforge.Descriptor().Limits, "api.github.com", "1234") {
		t.Error("same host and credential, two budgets")
	}
	if a == s.For(githubforge.Descriptor().Limits, "api.github.com", "5678") || a == s.For(githubforge.Descriptor().Limits, "ghe.example", "1234") {
		t.Error("one budget for two limits")
	}
}

// quotaTold is a host that documents nothing and shows its quota in headers.
func quotaTold() pace.Profile {
	return pace.Profile{Name: "quota", Concurrent: 8, Quota: true, DefaultWait: time.Minute, Rate: pace.Rate{Floor: 0.5, Ceiling: 30, Step: 1}}
}

// windowed is a host that documents its limit and shows nothing.
func windowed() pace.Profile {
	return pace.Profile{
		Name: "windowed", Concurrent: 16, DefaultWait: time.Minute,
		Windows: []pace.Window{{What: "2,500 requests in 5 minutes", Cap: 2500, Per: 5 * time.Minute}},
		Rate:    pace.Rate{Floor: 1, Ceiling: 30, Step: 0.2},
	}
}
