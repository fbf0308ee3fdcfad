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

func (c *ServerClock) observe(resp *http.Response, now time.Time) {
	if c == nil {
		return
	}
	at, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told, c.local = at, now
}
