// Package pace spreads the requests of one credential at one host, so that the
// host's rate limits are used up to their edge and never run into.
//
// A Budget knows three things and waits for the slowest of them:
//
//   - the windows that the host documents (GitHub: 900 points a minute). Each
//     request is booked before it is sent and stays booked for the window's
//     length after its answer arrived, so that the host, which counts at some
//     moment in between, never counts more than we do;
//   - the quota that the host's headers tell (GitHub: 5,000 requests until the
//     full hour), less the requests still under way;
//   - the rate at which all goes well, for limits that nobody documents: it
//     starts modestly where nothing is documented, grows by addition, and is
//     halved by a limit.
//
// A limit holds back every worker of the budget at once. The workers wait in a
// queue, so that the end of a wait lets them go one by one, at the rate, and
// not in a burst. A wait is announced, is never longer than Options.MaxWait,
// never reaches past the caller's deadline, and ends when the caller is cancelled.
package pace

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// Options say how a budget waits.
type Options struct {
	MaxWait time.Duration // longest single wait; 0 is 2 minutes
	Notify  func(string)  // told before every wait that people notice, once per reason; may be nil
	Share   int           // processes that work side by side under the same limit, each with its part of it; 0 is one
}

// notable is the shortest wait that is told about. A wait of one second that a
// server asked for is a little less by the time it begins.
const notable = 500 * time.Millisecond

// Budget implements rest.Pacer. It is safe for concurrent use.
type Budget struct {
	profile Profile
	options Options
	turn    chan struct{} // held by the request that is sent next; the others queue here
	slots   chan struct{} // one for each request under way
	answer  chan struct{} // told of each answer: waiting may be over sooner

	mu      sync.Mutex
	windows []*window
	quota   quota
	rate    rate
	held    time.Time // nothing is sent before
	why     string    // the reason, for people
	calm    time.Time // until then requests leave one by one, whatever the rate
	limits  int       // limits met one after another
	busy    int       // requests under way
}

// New makes a budget for one host and one credential.
func New(p Profile, o Options) *Budget {
	o.MaxWait, o.Share = cmp.Or(o.MaxWait, 2*time.Minute), max(o.Share, 1)
	b := &Budget{
		profile: p, options: o,
		turn: make(chan struct{}, 1), slots: make(chan struct{}, max(p.Concurrent/o.Share, 1)), answer: make(chan struct{}, 1),
		rate: rate{profile: p.Rate, perSecond: p.Rate.Start},
	}
	for _, w := range p.Windows {
		w.Cap = b.part(w.Cap)
		b.windows = append(b.windows, &window{Window: w})
	}
	return b
}

// part is this process's of a cap that several share; at least one request, or
// nobody would ever learn that there is room.
func (b *Budget) part(whole float64) float64 {
	return max(math.Floor(whole/float64(b.options.Share)), 1)
}

// Acquire blocks until req may be sent. The error is a fault.Service if that
// would take longer than Options.MaxWait, and a fault.Timeout if it would take
// longer than ctx lives. Who has the turn waits for all the others: without one
// queue they would wake at the same moment and go at once.
func (b *Budget) Acquire(ctx context.Context, req *http.Request) (func(*http.Response) rest.Limit, error) {
	if err := take(ctx, b.turn); err != nil {
		return nil, err
	}
	defer func() { <-b.turn }()
	if err := take(ctx, b.slots); err != nil {
		return nil, err
	}
	booked, err := b.wait(ctx, req.Method)
	if err != nil {
		<-b.slots
		return nil, err
	}
	var once sync.Once // a slot given back twice would let one too many go, for good
	return func(resp *http.Response) (limit rest.Limit) {
		once.Do(func() {
			limit = b.done(booked, resp)
			<-b.slots
			select {
			case b.answer <- struct{}{}:
			default:
			}
		})
		return limit
	}, nil
}

// take enters the channel as soon as there is room. A context that has ended is
// looked at first: select would take either way.
func take(ctx context.Context, c chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case c <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// booking is one request under way.
type booking struct {
	method string
	at     time.Time
}

// wait returns when the request is booked and may go.
func (b *Budget) wait(ctx context.Context, method string) (booking, error) {
	told := ""
	for {
		now := time.Now()
		at, why, ok := b.book(now, method)
		if ok {
			return booking{method: method, at: now}, nil
		}
		d := at.Sub(now)
		if err := b.bearable(ctx, at, d, why); err != nil {
			return booking{}, err
		}
		if b.options.Notify != nil && d >= notable && why != "" && why != told {
			told = why
			b.options.Notify(fmt.Sprintf("%s: %s; next request in %s", b.profile.Name, why, d.Round(time.Second)))
		}
		select {
		case <-time.After(d):
		case <-b.answer: // which may have made room, or said that there is less
		case <-rest.Stopped(ctx):
			return booking{}, context.Canceled
		case <-ctx.Done():
			return booking{}, ctx.Err()
		}
	}
}

// bearable returns why a wait is not begun: one that outlives the caller, or of
// which nobody would want to see the end.
func (b *Budget) bearable(ctx context.Context, at time.Time, d time.Duration, why string) error {
	if deadline, ok := ctx.Deadline(); ok && at.After(deadline) {
		return fault.Errorf(fault.Timeout, "%s: %s; the next request is due in %s, after the deadline", b.profile.Name, why, d.Round(time.Second))
	}
	// A profile that names its longest wait has been found to need it.
	if d > max(b.options.MaxWait, b.profile.LongestWait) {
		return fault.WithHint(
			fault.Errorf(fault.Service, "%s: %s; the next request is due in %s, longer than the longest wait allowed, %s",
				b.profile.Name, why, d.Round(time.Second), b.options.MaxWait),
			"run it again later, or allow longer waits with --max-wait where a forge is asked")
	}
	return nil
}

// book enters the request if it may go now; otherwise it returns when to ask again.
func (b *Budget) book(now time.Time, method string) (at time.Time, why string, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	at = now
	later := func(t time.Time, reason string) {
		if t.After(at) {
			at, why = t, reason
		}
	}
	later(b.held, b.why)
	later(b.rate.next, why) // the slower pace after a limit is part of the same wait
	for _, w := range b.windows {
		later(w.free(now, method), w.What+" are used up")
	}
	if b.profile.Quota {
		t, reason := b.quota.free(now, b.busy)
		later(t, reason)
		b.calmDown(t, now)
	}
	if at.After(now) {
		return at, why, false
	}
	for _, w := range b.windows {
		w.open(method)
	}
	b.rate.send(now)
	if now.Before(b.calm) {
		b.rate.next = latest(b.rate.next, now.Add(calmGap))
	}
	b.busy++
	return now, "", true
}

// done enters the answer of a request, nil if there was none. What was booked
// stays in the windows either way: the host may have counted what it never
// answered.
func (b *Budget) done(k booking, resp *http.Response) rest.Limit {
	words := ""
	if resp != nil {
		words = peek(resp) // before the lock: it reads from the network
	}
	now := time.Now()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.busy--
	for _, w := range b.windows {
		w.close(now, k.method, now.Sub(k.at))
	}
	b.rate.count(now)
	if resp == nil {
		b.quota.spend()
		return rest.Limit{}
	}
	h := readHeaders(resp, now)
	if b.profile.Quota && (h.hasRemaining || resp.StatusCode != http.StatusNotModified) { // a 304 costs nothing
		b.quota.learn(h, now)
	}
	if b.profile.CapFromHeader && h.limit > 0 {
		b.windows[0].Cap = b.part(float64(h.limit))
	}
	if why := b.profile.limited(resp, h, words); why != "" {
		limit := rest.Limit{Reached: true, Wait: b.limit(k, h, now, why)}
		if resp.StatusCode >= 500 { // it may come after the effect, whatever its reason
			limit.Unclear, limit.Guess = true, why
		}
		return limit
	}
	if h.retryAfter > 0 && asksAll(resp.StatusCode) {
		b.hold(now.Add(h.retryAfter), fmt.Sprintf("the server asks to wait (answer %d)", resp.StatusCode))
		b.rate.halve(k.at, now)
		return rest.Limit{}
	}
	b.limits = 0
	b.rate.grow(now)
	return rest.Limit{}
}

// asksAll reports whether a Retry-After beside this status is meant for every
// request: Azure asks with a 200, and slows down whoever does not listen. With
// 202 and with redirects it is about the one resource.
func asksAll(status int) bool {
	return status < 300 && status != http.StatusAccepted || status == http.StatusServiceUnavailable
}

// limit holds all workers back and returns the time to wait: what the host asks
// for, else until its quota is renewed, else twice as long as for the limit before.
// Those that were under way when a limit was met run into the same one; it is
// counted once, or the waits would double by their number.
func (b *Budget) limit(k booking, h headers, now time.Time, why string) time.Duration {
	spent := h.remaining == 0 && h.hasRemaining && h.reset.After(now)
	wait := h.retryAfter
	switch {
	case wait > 0:
	case spent:
		wait = h.reset.Sub(now) + time.Second // the reset is told in whole seconds
		why = "its request quota is used up"
	case k.at.Before(b.held): // sent before the wait that is on: the same limit once more
		return max(b.held.Sub(now), 0)
	default:
		wait = min(b.profile.DefaultWait<<min(b.limits, 6), cmp.Or(b.profile.LongestWait, longestWait))
	}
	if !k.at.Before(b.held) {
		b.limits++
	}
	if !spent {
		b.rate.halve(k.at, now)
	}
	b.hold(now.Add(wait), why)
	return wait
}

// longestWait bounds the doubling waits for limits that do not say how long.
const longestWait = 32 * time.Minute
