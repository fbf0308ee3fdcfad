package pace

import "time"

// Unit is what a window counts.
type Unit int

// The units.
const (
	Requests Unit = iota
	Points        // GitHub's: 1 for reading, 5 for writing
	Seconds       // of the server's time, taken as the time an answer takes
)

// Window is a documented limit: no more than Cap units in any span of Per.
type Window struct {
	What string // for people: "900 points a minute"
	Cap  float64
	Per  time.Duration
	Unit Unit
}

// Cost returns the units that one request takes, as far as that is known before
// its answer.
func (w Window) Cost(method string) float64 {
	switch w.Unit {
	case Points:
		switch method {
		case "GET", "HEAD", "OPTIONS":
			return 1
		}
		return 5
	case Seconds:
		return 0 // known only when the answer is there
	default:
		return 1
	}
}

// window is a Window and what has been booked in it.
type window struct {
	Window
	under float64 // cost of requests under way
	past  []spent // answered, oldest first
	sum   float64 // of past
}

type spent struct {
	at   time.Time // of the answer
	cost float64
}

// free returns when a request of this method fits in. As long as requests under
// way stand in its path that is an estimate, taking them as answered now.
func (w *window) free(now time.Time, method string) time.Time {
	w.forget(now)
	need := w.under + w.sum + w.Cost(method)
	if need <= w.Cap {
		return now
	}
	for _, s := range w.past {
		need -= s.cost
		if need <= w.Cap {
			return s.at.Add(w.Per)
		}
	}
	return now.Add(w.Per)
}

// forget drops what left the window. It slides: a host that counts in whole
// minutes allows more across their border, which is not to be relied upon.
func (w *window) forget(now time.Time) {
	n := 0
	for n < len(w.past) && !now.Before(w.past[n].at.Add(w.Per)) {
		w.sum -= w.past[n].cost
		n++
	}
	w.past = w.past[n:]
}

// open and close book a request for as long as it is under way, and from its
// answer on for the window's length: when in between the host counts it, nobody
// knows.
func (w *window) open(method string) { w.under += w.Cost(method) }

func (w *window) close(now time.Time, method string, took time.Duration) {
	cost := w.Cost(method)
	w.under -= cost
	if w.Unit == Seconds {
		cost = took.Seconds()
	}
	w.past = append(w.past, spent{now, cost})
	w.sum += cost
}
