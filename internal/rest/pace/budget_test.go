package pace_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
	"github.com/gatewright/gatewright/internal/rest/pace"
)

// says is an answer with these headers.
func says(status int, headers ...string) answer {
	a := answer{status: status, header: map[string]string{}}
	for i := 0; i < len(headers); i += 2 {
		a.header[headers[i]] = headers[i+1]
	}
	return a
}

// quota is an answer with a quota in its headers: what remains of ten until the reset, in seconds from now.
func quota(status int, remaining, reset string) answer {
	return says(status, "RateLimit-Limit", "10", "RateLimit-Remaining", remaining, "RateLimit-Reset", reset)
}

// times repeats an answer.
func times(n int, a answer) (out []answer) {
	for range n {
		out = append(out, a)
	}
	return out
}

// begin sends one request of the budget and returns what ends it with an answer; one of status 0 never comes.
func begin(t *testing.T, b *pace.Budget, method string) func(answer) rest.Limit {
	t.Helper()
	req, _ := http.NewRequest(method, "https://host.example/x", nil)
	done, err := b.Acquire(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	return func(a answer) rest.Limit {
		if a.status == 0 {
			return done(nil)
		}
		header := http.Header{}
		for name, value := range a.header {
			header.Set(name, value)
		}
		return done(&http.Response{StatusCode: a.status, Header: header, Body: io.NopCloser(strings.NewReader(a.body))})
	}
}

// atOnce returns how many of nine requests leave together, without an answer to any, once the first may.
func atOnce(t *testing.T, b *pace.Budget) int {
	t.Helper()
	begin(t, b, "POST")
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan bool, 8)
	for range 8 {
		go func() {
			req, _ := http.NewRequestWithContext(ctx, "POST", "https://host.example/x", nil)
			_, err := b.Acquire(ctx, req)
			left <- err == nil
		}()
	}
	time.Sleep(900 * time.Millisecond)
	n := 1 + len(left)
	cancel()
	synctest.Wait()
	return n
}

// TestDepartures holds when each of several requests leaves, one when the one before is answered, and how many of nine leave
// at once after them.
func TestDepartures(t *testing.T) {
	plain := pace.Profile{Name: "host", Concurrent: 8, DefaultWait: time.Minute, Rate: pace.Rate{Floor: 1, Ceiling: 30, Step: 1}}
	with := func(change func(*pace.Profile)) pace.Profile {
		p := plain
		change(&p)
		return p
	}
	counted := with(func(p *pace.Profile) { p.Quota = true })
	rated := func(r pace.Rate) pace.Profile { return with(func(p *pace.Profile) { p.Rate = r }) }
	windowed := func(w pace.Window) pace.Profile {
		return with(func(p *pace.Profile) { p.Windows = []pace.Window{w} })
	}
	minute := pace.Window{What: "requests", Cap: 5, Per: time.Minute}
	fine := says(200)
	for _, tt := range []struct {
		name    string
		profile pace.Profile
		share   int
		took    time.Duration // until each answer
		answers []answer
		left    string // when each request left, and one more; to the millisecond
		then    int    // how many of nine leave at once in the place of that one; 0 is not looked at
	}{
		{name: "no limit", profile: plain, answers: times(3, fine), left: "0s 0s 0s 0s", then: 8},
		{name: "no limit, one of two processes", profile: plain, share: 2, then: 4, left: "0s"},
		{name: "more processes than places", profile: plain, share: 20, then: 1, left: "0s"},

		{name: "limits one after another double the wait", profile: plain, answers: times(3, says(429)), left: "0s 1m0s 3m0s 7m0s"},
		{name: "up to half an hour", profile: plain, answers: times(8, says(429)), left: "0s 1m0s 3m0s 7m0s 15m0s 31m0s 1h3m0s 1h35m0s 2h7m0s"},
		{name: "up to what the host is known to need", profile: with(func(p *pace.Profile) { p.LongestWait = 3 * time.Minute }), answers: times(4, says(429)), left: "0s 1m0s 3m0s 6m0s 9m0s"},
		{name: "a success begins anew", profile: plain, answers: []answer{says(429), says(429), fine, says(429)}, left: "0s 1m0s 3m0s 3m1s 4m1s"},
		{name: "as long as the host asks", profile: plain, answers: []answer{says(429, "Retry-After", "40")}, left: "0s 40s"},
		{name: "until a spent quota is renewed, and then one by one", profile: plain, answers: append([]answer{quota(429, "0", "100")}, times(3, fine)...), left: "0s 1m41s 1m41.1s 1m41.2s 1m41.3s"},
		{name: "a reset beside a quota that is not spent is not the limit's", profile: plain, answers: []answer{quota(429, "3", "100")}, left: "0s 1m0s"},
		{name: "nor one beside no quota", profile: plain, answers: []answer{says(429, "RateLimit-Reset", "100")}, left: "0s 1m0s"},
		{name: "nor one that is past", profile: plain, answers: []answer{quota(429, "0", "0")}, left: "0s 1m0s"},

		{name: "a success that asks to wait asks all", profile: plain, answers: []answer{says(200, "Retry-After", "25"), fine}, left: "0s 25s 26s"},
		{name: "the last success there is", profile: plain, answers: []answer{says(299, "Retry-After", "25")}, left: "0s 25s"},
		{name: "an overloaded server too", profile: plain, answers: []answer{says(503, "Retry-After", "25")}, left: "0s 25s"},
		{name: "what is done later is asked for later, alone", profile: plain, answers: []answer{says(202, "Retry-After", "25")}, left: "0s 0s", then: 8},
		{name: "as is what is elsewhere", profile: plain, answers: []answer{says(300, "Retry-After", "25"), says(302, "Retry-After", "25")}, left: "0s 0s 0s", then: 8},

		{name: "the rate grows with time", profile: rated(pace.Rate{Start: 2, Floor: 1, Ceiling: 4, Step: 2}), answers: times(5, fine), left: "0s 500ms 1s 1.333s 1.583s 1.833s"},
		{name: "a pause counts as a second", profile: rated(pace.Rate{Start: 1, Floor: 1, Ceiling: 9, Step: 1}), took: 10 * time.Second, answers: times(3, fine), left: "0s 10s 20s 30s", then: 3},
		{name: "a limit halves it, down to its floor", profile: rated(pace.Rate{Start: 10, Floor: 2, Ceiling: 50}), answers: []answer{says(429, "Retry-After", "1"), fine, says(429, "Retry-After", "1"), fine, says(429, "Retry-After", "1"), fine}, left: "0s 1s 1.2s 2.2s 2.6s 3.6s 4.1s"},
		{name: "at the ceiling it is free again", profile: rated(pace.Rate{Floor: 1, Ceiling: 2, Step: 1}), answers: []answer{says(429, "Retry-After", "60"), fine, fine}, left: "0s 1m0s 1m0s 1m0.1s"},
		{name: "but not where it began bounded", profile: rated(pace.Rate{Start: 1, Floor: 1, Ceiling: 2, Step: 2}), answers: times(4, fine), left: "0s 1s 2s 2.5s 3s"},

		{name: "as many as a window holds", profile: windowed(minute), answers: times(5, fine), left: "0s 0s 0s 0s 0s 1m0s"},
		{name: "and as many in the next", profile: windowed(minute), answers: times(10, fine), left: "0s 0s 0s 0s 0s 1m0s 1m0s 1m0s 1m0s 1m0s 2m0s"},
		{name: "as many at once", profile: windowed(minute), left: "0s", then: 5},
		{name: "as soon as one has left the window", profile: windowed(minute), took: 10 * time.Second, answers: times(5, fine), left: "0s 10s 20s 30s 40s 1m10s"},
		{name: "a window shared by two", profile: windowed(minute), share: 2, answers: times(2, fine), left: "0s 0s 1m0s"},
		{name: "a window of the server's time", profile: windowed(pace.Window{What: "seconds", Cap: 10, Per: time.Minute, Unit: pace.Seconds}), took: 4 * time.Second, answers: times(3, fine), left: "0s 4s 8s 1m4s"},
		{name: "a window of the size that the host tells", profile: with(func(p *pace.Profile) { p.Windows, p.CapFromHeader = []pace.Window{minute}, true }), share: 2, answers: []answer{says(200, "X-RateLimit-Limit", "9"), fine, fine, says(200, "X-RateLimit-Limit", "0")}, left: "0s 0s 0s 0s 1m0s"},

		{name: "a quota is used up and no further", profile: counted, answers: []answer{quota(200, "2", "60"), fine, fine}, left: "0s 0s 0s 1m1s"},
		{name: "by those under way too", profile: counted, answers: []answer{quota(200, "3", "60")}, left: "0s 0s", then: 3},
		{name: "nothing changed costs nothing", profile: counted, answers: append([]answer{quota(200, "1", "60")}, times(3, says(304))...), left: "0s 0s 0s 0s 0s"},
		{name: "unless it says so", profile: counted, answers: []answer{quota(200, "1", "60"), quota(304, "0", "60")}, left: "0s 0s 1m1s"},
		{name: "what is not answered may have been counted", profile: counted, answers: []answer{quota(200, "2", "60"), {}, {}}, left: "0s 0s 0s 1m1s"},
		{name: "another quota's numbers are not this one's", profile: counted, answers: []answer{quota(200, "2", "60"), says(200, "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", "99", "X-RateLimit-Resource", "search"), fine}, left: "0s 0s 0s 1m1s"},
		{name: "nor is a number without an end", profile: counted, answers: []answer{quota(200, "2", "60"), says(200, "RateLimit-Remaining", "50"), fine}, left: "0s 0s 0s 1m1s"},
		{name: "the lowest number of a window counts", profile: counted, answers: []answer{quota(200, "2", "60"), quota(200, "7", "65"), quota(200, "8", "55"), quota(200, "0", "55")}, left: "0s 0s 0s 0s 1m1s"},
		{name: "a later window has its own", profile: counted, answers: []answer{quota(200, "1", "60"), quota(200, "3", "66")}, left: "0s 0s 0s", then: 3},
		{name: "a window that is over says nothing", profile: counted, answers: []answer{quota(200, "3", "60"), quota(200, "0", "54")}, left: "0s 0s 0s", then: 3},
		{name: "the size of one that ended bounds the next", profile: counted, answers: []answer{says(200, "RateLimit-Limit", "3", "RateLimit-Remaining", "0", "RateLimit-Reset", "60"), fine}, left: "0s 1m1s 1m1.1s", then: 2},
		{name: "which is nothing where nobody told it", profile: counted, answers: []answer{says(200, "RateLimit-Remaining", "0", "RateLimit-Reset", "60")}, left: "0s 1m1s", then: 8},
		{name: "nobody waits for a number that nobody tells", profile: counted, answers: append([]answer{says(200, "RateLimit-Limit", "2", "RateLimit-Remaining", "0", "RateLimit-Reset", "60")}, times(3, fine)...), left: "0s 1m1s 1m1.1s 1m1.2s 1m1.3s", then: 1},
		{name: "a window that ends a little later than was told", profile: counted, took: time.Second, answers: []answer{quota(200, "0", "60"), quota(200, "0", "2")}, left: "0s 1m2s 1m6s"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var left []string
				for _, more := range []bool{false, true} {
					b := pace.New(tt.profile, pace.Options{MaxWait: 2 * time.Hour, Share: tt.share})
					start, left = time.Now(), nil
					leave := func() func(answer) rest.Limit {
						end := begin(t, b, "POST")
						left = append(left, time.Since(start).Round(time.Millisecond).String())
						return end
					}
					for _, a := range tt.answers {
						end := leave()
						time.Sleep(tt.took)
						end(a)
					}
					if !more {
						leave()
						if got := strings.Join(left, " "); got != tt.left {
							t.Errorf("left after %s\nwant       %s", got, tt.left)
						}
					} else if tt.then > 0 {
						if got := atOnce(t, b); got != tt.then {
							t.Errorf("then %d at once, want %d", got, tt.then)
						}
					}
				}
			})
		})
	}
}

// TestLimitOfManyAtOnce: requests under way run into one limit, which is one.
func TestLimitOfManyAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := pace.New(pace.Profile{Name: "host", Concurrent: 8, DefaultWait: time.Minute, Rate: pace.Rate{Start: 8, Floor: 0.1, Ceiling: 50}}, pace.Options{MaxWait: time.Hour})
		start := time.Now()
		var ends []func(answer) rest.Limit
		for range 4 {
			ends = append(ends, begin(t, b, "GET"))
		}
		for i, end := range ends {
			time.Sleep(time.Second)
			if got, want := end(says(429)).Wait, time.Minute-time.Duration(i)*time.Second; got != want {
				t.Errorf("wait %s, want %s", got, want)
			}
		}
		var left []time.Duration
		for range 3 {
			end := begin(t, b, "GET")
			left = append(left, time.Since(start).Round(time.Millisecond))
			defer end(answer{})
		}
		first := 375*time.Millisecond + time.Second + time.Minute // the four left at eight a second
		if diff := cmp.Diff([]time.Duration{first, first + 250*time.Millisecond, first + 500*time.Millisecond}, left); diff != "" {
			t.Error(diff)
		}
		if got := begin(t, b, "GET")(says(429)).Wait; got != 2*time.Minute {
			t.Errorf("the second limit is waited for %s", got)
		}
	})
}

// TestRateAfterALimit: where nothing bounded the rate, a limit makes it half of what it was in the last minute.
func TestRateAfterALimit(t *testing.T) {
	for pause, gap := range map[time.Duration]time.Duration{time.Minute: time.Second, time.Minute + 1: 4 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			b := pace.New(pace.Profile{Name: "host", Concurrent: 8, Rate: pace.Rate{Floor: 0.001, Ceiling: 50}}, pace.Options{})
			for range 90 {
				begin(t, b, "GET")(says(200))
			}
			time.Sleep(pause)
			for range 29 {
				begin(t, b, "GET")(says(200))
			}
			start := time.Now()
			begin(t, b, "GET")(says(429, "Retry-After", "0.1"))
			for i := range 3 {
				begin(t, b, "GET")(says(202))
				if got, want := time.Since(start), time.Duration(i+1)*gap; got.Round(time.Millisecond) != want {
					t.Errorf("%s after the first 90: left after %s, want %s", pause, got, want)
				}
			}
		})
	}
}

// TestWaitsAreTold: one that people notice, once, and none that follows from it.
func TestWaitsAreTold(t *testing.T) {
	for _, tt := range []struct {
		name    string
		floor   float64
		answers []answer
		want    []string
	}{
		{"half a second", 5, []answer{says(429, "Retry-After", "0.5")}, []string{"host: its rate limit is reached; next request in 1s"}},
		{"less", 5, []answer{says(429, "Retry-After", "0.49")}, nil},
		{"the pace after it is part of it", 1, []answer{says(429, "Retry-After", "2"), says(200), says(200), says(200)}, []string{"host: its rate limit is reached; next request in 2s"}},
		{"a spent quota", 1, []answer{quota(429, "0", "59")}, []string{"host: its request quota is used up; next request in 1m0s"}},
		{"an answer that asks", 1, []answer{says(200, "Retry-After", "3")}, []string{"host: the server asks to wait (answer 200); next request in 3s"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			var told []string
			b := pace.New(pace.Profile{Name: "host", Concurrent: 8, Rate: pace.Rate{Start: 2 * tt.floor, Floor: tt.floor, Ceiling: 30}}, pace.Options{Notify: func(text string) { told = append(told, text) }})
			for range 3 { // answers that come in between make nobody say it again
				end := begin(t, b, "GET")
				defer time.AfterFunc(1700*time.Millisecond, func() { end(says(202)) })
			}
			for _, a := range tt.answers {
				begin(t, b, "GET")(a)
			}
			begin(t, b, "GET")
			if diff := cmp.Diff(tt.want, told); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
		})
	}
}

// TestLongestWait: a wait of two minutes is the longest where nobody says otherwise.
func TestLongestWait(t *testing.T) {
	for _, tt := range []struct {
		longest, most time.Duration
		asked         string
		fine          bool
	}{
		{0, 0, "120", true},
		{0, 0, "121", false},
		{0, time.Minute, "60", true},
		{0, time.Minute, "61", false},
		{5 * time.Minute, time.Minute, "300", true},
		{5 * time.Minute, time.Minute, "301", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := pace.New(pace.Profile{Name: "host", Concurrent: 1, LongestWait: tt.longest, Rate: pace.Rate{Floor: 1}}, pace.Options{MaxWait: tt.most})
			begin(t, b, "GET")(says(429, "Retry-After", tt.asked))
			start := time.Now()
			req, _ := http.NewRequest("GET", "https://host.example/x", nil)
			_, err := b.Acquire(t.Context(), req)
			if (err == nil) != tt.fine || err != nil && (fault.Of(err) != fault.Service || time.Since(start) != 0) {
				t.Errorf("at most %s: %ss, %v after %s", max(tt.most, tt.longest), tt.asked, err, time.Since(start))
			}
		})
	}
}

// TestNobodyWaitsInVain: a request whose caller has gone does not leave, and one that is told to stop does not wait; neither
// keeps a place.
func TestNobodyWaitsInVain(t *testing.T) {
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	synctest.Test(t, func(t *testing.T) {
		b := pace.New(pace.Profile{Name: "host", Concurrent: 1, Rate: pace.Rate{Floor: 1}}, pace.Options{})
		acquire := func(ctx context.Context) error {
			req, _ := http.NewRequest("GET", "https://host.example/x", nil)
			_, err := b.Acquire(ctx, req)
			return err
		}
		for range 20 { // there is room, and yet
			if err := acquire(gone); !errors.Is(err, context.Canceled) {
				t.Fatalf("%v", err)
			}
		}
		end := begin(t, b, "GET") // which takes the only place
		for range 2 {             // one waits for the place, the other for its turn
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			go func() {
				if err := acquire(ctx); !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v", err)
				}
			}()
		}
		time.Sleep(2 * time.Second)
		end(says(429, "Retry-After", "60"))
		stop := make(chan struct{})
		close(stop)
		if err := acquire(rest.WithStop(t.Context(), stop)); !errors.Is(err, context.Canceled) {
			t.Errorf("told to stop: %v", err)
		}
		start := time.Now()
		begin(t, b, "GET")(says(200))
		if time.Since(start) != time.Minute {
			t.Errorf("the next left after %s", time.Since(start))
		}
	})
}

// TestDisguise: which answers a profile is asked about, what it sees, and what its word makes of them.
func TestDisguise(t *testing.T) {
	var seen *pace.Answer
	word := ""
	p := pace.Profile{Name: "host", Concurrent: 8, Disguised: func(a pace.Answer) string { seen = &a; return word }}
	for _, tt := range []struct {
		answer answer
		sees   *pace.Answer
		limit  rest.Limit
	}{
		{says(200), nil, rest.Limit{}},
		{says(404), nil, rest.Limit{}},
		{says(499), nil, rest.Limit{}},
		{says(429, "Retry-After", "2"), nil, rest.Limit{Reached: true, Wait: 2 * time.Second}},
		{says(403, "Retry-After", "2"), &pace.Answer{Status: 403, RetryAfter: 2 * time.Second}, rest.Limit{Reached: true, Wait: 2 * time.Second}},
		{says(403, "Retry-After", "2", "RateLimit-Remaining", "0"), &pace.Answer{Status: 403, RetryAfter: 2 * time.Second, Spent: true}, rest.Limit{Reached: true, Wait: 2 * time.Second}},
		{says(403, "Retry-After", "2", "RateLimit-Remaining", "1"), &pace.Answer{Status: 403, RetryAfter: 2 * time.Second}, rest.Limit{Reached: true, Wait: 2 * time.Second}},
		{says(500, "Retry-After", "2"), &pace.Answer{Status: 500, RetryAfter: 2 * time.Second}, rest.Limit{Reached: true, Wait: 2 * time.Second, Unclear: true, Guess: "probably"}},
		{says(502, "Retry-After", "2"), &pace.Answer{Status: 502, RetryAfter: 2 * time.Second}, rest.Limit{Reached: true, Wait: 2 * time.Second, Unclear: true, Guess: "probably"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			tt.answer.body = strings.Repeat("x", 64<<10) + "more"
			if tt.sees != nil {
				tt.sees.Body = strings.Repeat("x", 64<<10)
			}
			for _, w := range []string{"", "probably"} {
				seen, word = nil, w
				limit := begin(t, pace.New(p, pace.Options{}), "POST")(tt.answer)
				if diff := cmp.Diff(tt.sees, seen); diff != "" {
					t.Errorf("%d: %s", tt.answer.status, diff)
				}
				want := tt.limit
				if w == "" && tt.answer.status != 429 {
					want = rest.Limit{}
				}
				if diff := cmp.Diff(want, limit); diff != "" {
					t.Errorf("%d, disguised as %q: %s", tt.answer.status, w, diff)
				}
			}
		})
	}
}

// broken is a body that breaks off once, and then seems to have ended; and one that must not be read.
type broken struct{ head io.Reader }

func (b *broken) Read(p []byte) (int, error) {
	if b.head == nil {
		return 0, io.EOF
	}
	n, err := b.head.Read(p)
	if err == io.EOF {
		b.head, err = nil, io.ErrUnexpectedEOF
	}
	return n, err
}

func (b *broken) Close() error { return nil }

// TestBodiesAreLeft: a body that is looked into is there for the next reader as it came, with its end; others are not read.
func TestBodiesAreLeft(t *testing.T) {
	b := pace.New(pace.Profile{Name: "host", Concurrent: 8}, pace.Options{})
	req, _ := http.NewRequest("GET", "https://host.example/x", nil)
	for _, status := range []int{403, 500, 200} {
		done, err := b.Acquire(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: &broken{strings.NewReader("half an ans")}}
		body := resp.Body
		done(resp)
		if looked := resp.Body != body; looked != (status != 200) {
			t.Errorf("%d: looked into: %v", status, looked)
		}
		if text, err := io.ReadAll(resp.Body); string(text) != "half an ans" || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%d: %q, %v", status, text, err)
		}
	}
	done, err := b.Acquire(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	done(&http.Response{StatusCode: 403, Header: http.Header{}})
}

// TestBudgetsOfAnAddress: a limit that counts by address is shared by those behind it, one by credential is not.
func TestBudgetsOfAnAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := pace.Budgets{Address: 4}
		for credential, want := range map[string]int{"": 2, "a credential": 8} {
			if got := atOnce(t, s.For(pace.Profile{Name: "host", Concurrent: 8}, "host.example", credential)); got != want {
				t.Errorf("%q: %d at once, want %d", credential, got, want)
			}
		}
	})
}

// TestResets: a reset is read by the clock of who says it, in each of its forms; nonsense is as if it were not there.
func TestResets(t *testing.T) {
	for _, tt := range []struct {
		date  time.Duration // of the server's clock, from ours
		reset func(server time.Time) string
		want  time.Duration // until the next request; 0: at once
	}{
		{0, func(s time.Time) string { return "90" }, 91 * time.Second},
		{0, func(s time.Time) string { return "90.9" }, 91 * time.Second},
		{0, func(s time.Time) string { return strconv.FormatInt(s.Unix()+90, 10) }, 91 * time.Second},
		{0, func(s time.Time) string { return strconv.FormatInt(s.UnixMilli()+90_000, 10) }, 91 * time.Second},
		{-time.Hour, func(s time.Time) string { return strconv.FormatInt(s.Unix()+90, 10) }, 91 * time.Second},
		{time.Hour, func(s time.Time) string { return strconv.FormatInt(s.Unix()+90, 10) }, 91 * time.Second},
		{time.Hour, func(s time.Time) string { return "90" }, 91 * time.Second},
		{0, func(time.Time) string { return "0" }, 0},
		{0, func(time.Time) string { return "-90" }, 0},
		{0, func(time.Time) string { return "1e14" }, 0},
		{0, func(time.Time) string { return "soon" }, 0},
		{0, func(time.Time) string { return "NaN" }, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := pace.New(pace.Profile{Name: "host", Concurrent: 8, Quota: true}, pace.Options{})
			server := time.Now().Add(tt.date)
			text := tt.reset(server)
			begin(t, b, "GET")(says(200, "Date", server.UTC().Format(http.TimeFormat), "RateLimit-Remaining", "0", "RateLimit-Reset", text))
			start := time.Now()
			begin(t, b, "GET")
			if got := time.Since(start).Round(time.Millisecond); got != tt.want {
				t.Errorf("a reset of %s, the server's clock off by %s: waited %s, want %s", text, tt.date, got, tt.want)
			}
		})
	}
}
