package rest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/go-retryablehttp"

	"github.com/gatewright/gatewright/internal/fault"
)

// newRetry makes the retry engine, with its own rules of what is repeated
// replaced by ours: it repeats a POST whose answer was lost, by which one token
// became five, and obeys any Retry-After.
func (c *Client) newRetry() *retryablehttp.Client {
	rc := retryablehttp.NewClient()
	rc.Logger = nil
	rc.RetryMax = c.cfg.Tries - 1
	rc.CheckRetry = c.checkRetry
	rc.Backoff = c.backoff
	rc.ErrorHandler = retryablehttp.PassthroughErrorHandler
	rc.HTTPClient = &http.Client{
		Transport:     &originTransport{client: c},
		CheckRedirect: c.checkRedirect,
	}
	return rc
}

// checkRetry decides whether an attempt may be followed by another one, and
// notes what is to be remembered of it. An error after the caller's deadline is
// the deadline's, and hides what failed before.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	a := attemptsOf(ctx)
	a.unclear = a.unclear || err != nil && !neverSent(err) || err == nil && resp.StatusCode >= 500
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	a.failure = err
	if err != nil {
		return retryError(ctx, resp, err), nil
	}
	limit := limitOf(resp)
	if (!limit.Reached || limit.Unclear) && !retryStatus(ctx, resp) {
		return false, nil
	}
	// A wait that is too long, or ends after the deadline, is not begun: the
	// answer that asks for it says more than a passed deadline would.
	wait := max(limit.Wait, waitOf(resp.Header))
	deadline, ok := ctx.Deadline()
	return wait <= c.cfg.MaxWait && (!ok || time.Now().Add(wait).Before(deadline)), nil
}

// retryError reports whether a request without a whole answer may be sent again:
// one that may be repeated, or that never left.
func retryError(ctx context.Context, resp *http.Response, err error) bool {
	if permanent(err) {
		return false
	}
	method := ""
	if resp != nil && resp.Request != nil { // cut short in the middle of the answer
		method = resp.Request.Method
	} else if ue, ok := errors.AsType[*url.Error](err); ok {
		method = strings.ToUpper(ue.Op)
	}
	return repeatable(ctx, method) || neverSent(err)
}

// retryStatus reports whether an answer asks to try again. 429 alone is taken to
// say that nothing was done: a limiter refuses before the work begins.
func retryStatus(ctx context.Context, resp *http.Response) bool {
	switch resp.StatusCode {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		// It asks to come back later, which a server says before it begins; but
		// some say so in the middle, so what must not happen twice is not sent.
		if rep, _ := ctx.Value(repeatKey{}).(Repeat); rep != Never && resp.Header.Get("Retry-After") != "" {
			return true
		}
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusGatewayTimeout:
	default:
		return false
	}
	return repeatable(ctx, resp.Request.Method)
}

// permanent errors stay the same however often one tries. Ours are among them: a
// refused redirect, a credential that could not be had.
func permanent(err error) bool {
	return is[*AnswerError](err) || is[*fault.Error](err) ||
		is[x509.UnknownAuthorityError](err) || is[x509.CertificateInvalidError](err) || is[x509.HostnameError](err)
}

const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 20 * time.Second
)

// backoff is how long to wait before the next attempt: what the server asked
// for, or exponentially more with jitter, so that many who failed at once do not
// come back at once.
func (c *Client) backoff(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
	if limitOf(resp).Reached {
		return 0 // the pacer waits, for all workers, and says so
	}
	why := "no answer"
	if resp != nil {
		why = fmt.Sprintf("answered %d", resp.StatusCode)
		if wait := waitOf(resp.Header); wait > 0 {
			c.announce(wait, why+" and asked to wait")
			return wait
		}
	}
	ceiling := min(backoffBase<<min(attempt, 10), backoffCap)
	wait := ceiling/2 + rand.N(ceiling/2)
	c.announce(wait, why)
	return wait
}

// announce says so of waits that people notice.
func (c *Client) announce(d time.Duration, why string) {
	if c.cfg.Notify != nil && d >= time.Second {
		c.cfg.Notify(fmt.Sprintf("%s: %s, next try in %s", c.cfg.System, why, d.Round(time.Second)))
	}
}

// waitOf returns how long an answer asks to wait.
func waitOf(h http.Header) time.Duration {
	return RetryAfter(h.Get("Retry-After"), ServerTime(h, time.Now()))
}

// RetryAfter reads the header of that name in both its forms (RFC 9110, section
// 10.2.3): seconds, also with a fraction, or a date, which is held against now.
// Nonsense and times past are 0. What does not fit into a Duration is bounded to
// 30 years instead of turning negative.
func RetryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) { // NaN is not
			return 0
		}
		return time.Duration(min(seconds, 1e9) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
