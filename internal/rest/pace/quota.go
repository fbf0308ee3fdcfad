package pace

import "time"

// quota is what the host's headers tell of a fixed window: how many requests
// are left until when.
type quota struct {
	known bool
	limit int
	left  int       // lowest number told for this window, less what was spent since; of no use until known
	reset time.Time // by our clock; zero: over, and the next one not yet told
	stamp int64     // the reset as the server wrote it, to tell windows apart
}

// sameWindow is how far two resets may lie apart and still mean one window:
// hosts that tell a reset as seconds from now round it.
const sameWindow = 5

// learn takes what an answer says. Answers come in another order than the host
// counted them in, so within a window the lowest number counts, and a window that
// is over cannot come back.
func (q *quota) learn(h headers, now time.Time) {
	if !h.hasRemaining || h.reset.IsZero() || !h.counts {
		q.spend()
		return
	}
	switch {
	case !q.known, h.stamp > q.stamp+sameWindow:
		*q = quota{known: true, limit: h.limit, left: h.remaining, reset: h.reset, stamp: h.stamp}
	case h.stamp >= q.stamp-sameWindow:
		q.left = min(q.left, h.remaining)
		if q.reset.IsZero() && h.reset.After(now) {
			q.reset = h.reset
		}
	}
}

// spend counts a request whose answer told nothing: it may have been counted.
func (q *quota) spend() { q.left-- }

// free returns when there is something left; busy are the requests under way,
// which the host may not have counted yet.
func (q *quota) free(now time.Time, busy int) (time.Time, string) {
	// A second later than told: the reset comes in whole seconds, rounded anyhow.
	if !q.reset.IsZero() && now.After(q.reset.Add(time.Second)) {
		q.left, q.reset, q.known = q.limit, time.Time{}, q.limit > 0
	}
	if !q.known || q.left-busy > 0 || q.reset.IsZero() && busy == 0 {
		return now, ""
	}
	if q.reset.IsZero() {
		return now.Add(time.Minute), "its request quota may be used up" // an answer under way will tell
	}
	return q.reset.Add(time.Second + 1), "its request quota is used up"
}
