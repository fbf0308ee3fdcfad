package rest

import (
	"context"
	"net/http"
)

type repeatKey struct{}

// attempts remembers, across the attempts of one request, whether one of them
// may have had its effect although its answer never came, and why the last had
// none.
type attempts struct {
	sent    int // attempts so far
	unclear bool
	failure error // nil if it was answered
}

type attemptsKey struct{}

func withAttempts(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptsKey{}, &attempts{})
}

func attemptsOf(ctx context.Context) *attempts {
	a, _ := ctx.Value(attemptsKey{}).(*attempts)
	return a
}

// Unclear reports whether an earlier attempt of the answered request may have
// had its effect: then even a refusal proves nothing.
func Unclear(resp *http.Response) bool {
	if resp == nil || resp.Request == nil {
		return false
	}
	a := attemptsOf(resp.Request.Context())
	return a != nil && a.unclear
}

func repeatable(ctx context.Context, method string) bool {
	switch rep, _ := ctx.Value(repeatKey{}).(Repeat); rep {
	case Always:
		return true
	case Never:
		return false
	default:
		switch method {
		case http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodOptions:
			return true
		}
		return false
	}
}

// afterLost is an error that came after an earlier request of the same write
// whose answer was lost.
type afterLost struct{ error }

func (e afterLost) Unwrap() error { return e.error }

// AfterLost returns err, which may be nil, as the end of a write of several
// requests. If an earlier one of them may have had its effect (lost), the whole
// is Ambiguous and not Refused, whatever the last answer was.
func AfterLost(lost bool, err error) error {
	if err == nil || !lost {
		return err
	}
	return afterLost{err}
}
