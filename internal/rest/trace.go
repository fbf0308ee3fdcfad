package rest

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/trace"
)

// traceAttempt reports one attempt for --debug: method, address without secrets,
// status, attempt, duration, and what the server says of its limits. Of headers it
// shows those that are listed and no others: what else may be a secret, nobody
// knows of a service to come.
func traceAttempt(req *http.Request, began time.Time, resp *http.Response, err error) {
	ctx := req.Context()
	a := attemptsOf(ctx)
	a.sent++
	if !trace.Debugs(ctx) {
		return
	}
	what := req.Method + " " + safeURL(req.URL)
	if a.sent > 1 {
		what += fmt.Sprintf(" (attempt %d)", a.sent)
	}
	took := time.Since(began).Round(time.Millisecond)
	if err != nil {
		trace.Debugf(ctx, "%s: %v, after %s", what, err, took)
		return
	}
	var limits []string
	for _, name := range []string{
		"Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "X-RateLimit-Delay",
		"RateLimit", "RateLimit-Policy", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset",
	} {
		if v := resp.Header.Get(name); v != "" {
			limits = append(limits, name+": "+v)
		}
	}
	text := fmt.Sprintf("%s: %d in %s", what, resp.StatusCode, took)
	if len(limits) > 0 {
		text += "; " + strings.Join(limits, ", ")
	}
	trace.Debugf(ctx, "%s", text)
}
