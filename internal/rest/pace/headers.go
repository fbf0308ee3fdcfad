package pace

import (
	"bytes"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// headers are an answer's words about rate limits.
type headers struct {
	retryAfter   time.Duration
	hasRemaining bool
	remaining    int
	limit        int
	reset        time.Time // by our clock
	stamp        int64     // the reset in the server's seconds since 1970
	counts       bool      // they are about the quota of ordinary requests
}

func readHeaders(resp *http.Response, now time.Time) headers {
	server := now
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		server = at
	}
	get := func(names ...string) string {
		for _, name := range names {
			if v := resp.Header.Get(name); v != "" {
				return v
			}
		}
		return ""
	}
	h := headers{retryAfter: retryAfter(resp.Header.Get("Retry-After"), server)}
	// GitHub counts some requests, searches for one, in quotas of their own.
	resource := resp.Header.Get("X-Ratelimit-Resource")
	h.counts = resource == "" || resource == "core"
	if n, err := strconv.Atoi(get("X-Ratelimit-Remaining", "Ratelimit-Remaining")); err == nil {
		h.hasRemaining, h.remaining = true, max(n, 0)
	}
	h.limit, _ = strconv.Atoi(get("X-Ratelimit-Limit", "Ratelimit-Limit"))
	if n, err := strconv.ParseFloat(get("X-Ratelimit-Reset", "Ratelimit-Reset"), 64); err == nil && n > 0 && n < 1e14 { // later is no time that anybody means
		h.stamp = epoch(n, server)
		h.reset = now.Add(time.Unix(h.stamp, 0).Sub(server))
	}
	return h
}

// epoch reads a reset, which some hosts tell in seconds since 1970, some in
// milliseconds since then, and some in seconds from now.
func epoch(n float64, server time.Time) int64 {
	switch {
	case n > 1e11:
		return int64(n / 1e3)
	case n > 1e8:
		return int64(n)
	default:
		return server.Unix() + int64(n)
	}
}

// retryAfter reads Retry-After in seconds or as a date (RFC 9110, section
// 10.2.3), against the server's own clock.
func retryAfter(text string, server time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		if !(n > 0) {
			return 0
		}
		return time.Duration(min(n, 1e9) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(server) {
		return at.Sub(server)
	}
	return 0
}

// peeked bounds how much of a refusal is read to find out what it means.
const peeked = 64 << 10

// peek reads the beginning of the body of an answer that may be a limit, and
// puts it back: some hosts tell a limit from other refusals by words alone.
func peek(resp *http.Response) string {
	if !maybeLimit(resp.StatusCode) || resp.Body == nil {
		return ""
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, peeked))
	rest := resp.Body
	var tail io.Reader = rest
	if err != nil {
		tail = failing{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), tail), rest}
	return string(head)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
