package pace

import "time"

// Rate says how the rate for undocumented limits moves. All in requests a second.
type Rate struct {
	Start   float64 // 0: unbounded until the first limit
	Floor   float64 // never slower
	Ceiling float64 // from here on it is unbounded again if Start is 0
	Step    float64 // added by each second without a limit
}

// rate grows by addition and is halved by a limit, as TCP's window does (AIMD, RFC
// 5681): whoever shares the limit by the same rule ends at a fair part of it.
type rate struct {
	profile   Rate
	perSecond float64 // 0: unbounded
	next      time.Time
	halved    time.Time
	grown     time.Time
	recent    []time.Time // answers of the last minute, oldest first
}

// send books one request: the next one goes a gap later. After an idle time or
// a wait the gaps count from now, so nothing saved up is spent in a burst.
func (r *rate) send(now time.Time) {
	if r.perSecond != 0 {
		r.next = now.Add(time.Duration(float64(time.Second) / r.perSecond))
	}
}

// count keeps the answers of the last minute, from which halve knows how fast we
// were while nothing bounded us.
func (r *rate) count(now time.Time) {
	n := 0
	for n < len(r.recent) && now.Sub(r.recent[n]) > time.Minute {
		n++
	}
	r.recent = append(r.recent[n:], now)
}

// halve is called for a limit met by a request sent at the given time. Requests
// that were under way when the rate was halved last meet the same limit, and
// say nothing about the new rate.
func (r *rate) halve(sent, now time.Time) {
	if !sent.After(r.halved) {
		return
	}
	if r.perSecond == 0 {
		// Limits nobody documents are counted by the minute, as GitHub's are.
		r.perSecond = float64(len(r.recent)) / 60
	}
	r.perSecond = max(r.perSecond/2, r.profile.Floor)
	r.halved, r.grown = now, now
	r.send(now)
}

// grow is called for each answer without a limit. From the ceiling on a rate that
// began without bounds has none again: the limit was another's doing, or is over.
func (r *rate) grow(now time.Time) {
	if r.perSecond == 0 {
		return
	}
	if r.grown.IsZero() {
		r.grown = now
	}
	// A pause is no proof of anything: it counts as one second.
	r.perSecond += r.profile.Step * min(now.Sub(r.grown).Seconds(), 1)
	r.grown = now
	if r.perSecond < r.profile.Ceiling {
		return
	}
	r.perSecond = r.profile.Ceiling
	if r.profile.Start == 0 {
		r.perSecond, r.next = 0, time.Time{}
	}
}
