package rest

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// checkRetry decides whether an attempt may be followed by another one, and
// notes what is to be remembered of it.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if a := attemptsOf(ctx); a != nil {
		a.unclear = a.unclear || err != nil && !neverSent(err) || err == nil && resp.StatusCode >= 500
		if ctx.Err() == nil {
			a.failure = err
		}
	}
	return c.mayRetry(ctx, resp, err)
}

func (c *Client) mayRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		return c.retryAfterError(ctx, resp, err), nil
	}
	limit := limitOf(resp)
	if (!limit.Reached || limit.Unclear) && !c.retryStatus(ctx, resp) {
		return false, nil
	}
	wait := max(limit.Wait, retryAfter(resp, time.Now()))
	if wait > c.cfg.MaxWait {
		return false, nil
	}
	deadline, ok := ctx.Deadline()
	return !ok || time.Now().Add(wait).Before(deadline), nil
}

func (c *Client) retryAfterError(ctx context.Context, resp *http.Response, err error) bool {
	if permanent(err) {
		return false
	}
	method := ""
	var ue *url.Error
	switch {
	case resp != nil && resp.Request != nil:
		method = resp.Request.Method
	case errors.As(err, &ue):
		method = strings.ToUpper(ue.Op)
	}
	return repeatable(ctx, method) || neverSent(err)
}

func (c *Client) retryStatus(ctx context.Context, resp *http.Response) bool {
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

// permanent errors stay the same however often one tries.
func permanent(err error) bool {
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var host x509.HostnameError
	var ours *fault.Error // a refused redirect, a credential that could not be had
	if _, ok := unusable(err); ok {
		return true
	}
	return errors.As(err, &unknown) || errors.As(err, &invalid) || errors.As(err, &host) || errors.As(err, &ours)
}

// neverSent reports whether the request cannot have reached the server.
func neverSent(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	if _, ok := unusable(err); ok {
		return false
	}
	var proxy proxyError
	return permanent(err) || errors.As(err, &dns) || errors.As(err, &proxy) || errors.As(err, &op) && (op.Op == "dial" || op.Op == "proxyconnect")
}

const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 20 * time.Second
)

// backoff is how long to wait before the next attempt: what the server asked
// for, or exponentially more with jitter.
func (c *Client) backoff(_, _ time.Duration, attempt int, resp *http.Response) time.Duration {
	if limitOf(resp).Reached {
		return 0 // the pacer waits, for all workers, and says so
	}
	if resp != nil {
		if wait := retryAfter(resp, time.Now()); wait > 0 {
			c.announce(wait, fmt.Sprintf("answered %d and asked to wait", resp.StatusCode))
			return wait
		}
	}
	ceiling := min(backoffBase<<min(attempt, 10), backoffCap)
	wait := ceiling/2 + rand.N(ceiling/2)
	why := "no answer"
	if resp != nil {
		why = fmt.Sprintf("answered %d", resp.StatusCode)
	}
	c.announce(wait, why)
	return wait
}

func (c *Client) announce(d time.Duration, why string) {
	if c.cfg.Notify != nil && d >= time.Second {
		c.cfg.Notify(fmt.Sprintf("%s: %s, next try in %s", c.cfg.System, why, d.Round(time.Second)))
	}
}

// retryAfter reads Retry-After in both its forms (RFC 9110, section 10.2.3):
// seconds or a date. Nonsense and times past are 0.
func retryAfter(resp *http.Response, now time.Time) time.Duration {
	text := strings.TrimSpace(resp.Header.Get("Retry-After"))
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		if !(seconds > 0) {
			return 0
		}
		return time.Duration(min(seconds, 1e9) * float64(time.Second))
	}
	if at, err := http.ParseTime(text); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
