package pace

import (
	"bytes"
	"cmp"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/gatewright/gatewright/internal/rest"
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

// readHeaders takes what can be read; the rest is as if it were not there, for no
// answer fails for its headers. Moments are turned from the server's clock into
// ours by its Date: a machine whose clock is wrong by minutes would else wait for
// ever, or not at all.
func readHeaders(resp *http.Response, now time.Time) headers {
	server := rest.ServerTime(resp.Header, now)
	// GitHub's names, or those of the IETF's draft-ietf-httpapi-ratelimit-headers.
	get := func(what string) string {
		return cmp.Or(resp.Header.Get("X-Ratelimit-"+what), resp.Header.Get("Ratelimit-"+what))
	}
	h := headers{retryAfter: rest.RetryAfter(resp.Header.Get("Retry-After"), server)}
	// GitHub counts some requests, searches for one, in quotas of their own.
	resource := resp.Header.Get("X-Ratelimit-Resource")
	h.counts = resource == "" || resource == "core"
	if n, err := strconv.Atoi(get("Remaining")); err == nil {
		h.hasRemaining, h.remaining = true, max(n, 0)
	}
	h.limit, _ = strconv.Atoi(get("Limit"))
	if n, err := strconv.ParseFloat(get("Reset"), 64); err == nil && n > 0 && n < 1e14 { // later is no time that anybody means
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

// peeked bounds how much of a refusal is read to find out what it means.
const peeked = 64 << 10

// peek reads the beginning of the body of an answer that may be a limit, and
// puts it back: some hosts tell a limit from other refusals by words alone.
func peek(resp *http.Response) string {
	if !maybeLimit(resp.StatusCode) || resp.Body == nil {
		return ""
	}
	head, err := io.ReadAll(io.LimitReader(resp.Body, peeked))
	var tail io.Reader = resp.Body
	if err != nil {
		tail = failing{err}
	}
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(head), tail), resp.Body}
	return string(head)
}

// failing is the rest of an answer that broke off while it was looked into: the
// reader after us has to see that too, and not a short answer.
type failing struct{ err error }

// Read fails.
func (f failing) Read([]byte) (int, error) { return 0, f.err }
