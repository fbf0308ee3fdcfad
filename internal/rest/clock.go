package rest

import (
	"net/http"
	"sync"
	"time"
)

// ServerClock knows the time by a server's own clock, from the Date of its
// answers. The zero ServerClock has not been told yet. Safe for concurrent use.
type ServerClock struct {
	mu    sync.Mutex
	told  time.Time // by the server
	local time.Time // ours then, with its monotonic reading
	ends  time.Time // of the credential
}

// ServerTime returns when an answer was sent by its server's clock, or now where it
// does not say: a date in it is held against a clock of ours that may be hours wrong. A
// Date before 1970 is none.
func ServerTime(h http.Header, now time.Time) time.Time {
	if at, err := http.ParseTime(h.Get("Date")); err == nil && at.Unix() >= 0 {
		return at
	}
	return now
}

// CredentialEnds returns when the credential expires, as the server's answers say;
// zero if they do not.
func (c *ServerClock) CredentialEnds() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ends
}

// expiry reads the moment at which a credential ends, in the forms seen, in
// which the zone is a name or a distance.
func expiry(text string) time.Time {
	for _, layout := range []string{"2006-01-02 15:04:05 MST", "2006-01-02 15:04:05 -0700", time.RFC3339} {
		if at, err := time.Parse(layout, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// Now is the server's time, or the zero time if no answer told it yet. A
// machine whose clock is set in between does not change it.
func (c *ServerClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told.IsZero() {
		return time.Time{}
	}
	return c.told.Add(time.Since(c.local))
}

// observe takes what an answer that arrived now says; ends names the header of
// the credential's end, "" if there is none.
func (c *ServerClock) observe(resp *http.Response, now time.Time, ends string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if text := resp.Header.Get(ends); text != "" {
		if at := expiry(text); !at.IsZero() {
			c.ends = at
		}
	}
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		c.told, c.local = at, now
	}
}
