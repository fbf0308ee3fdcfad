package rest

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// attempts remembers, across the attempts of one request, whether one of them
// may have had its effect although its answer never came, and why the last had
// none. It belongs to one request, whose attempts follow one another, so that
// nothing guards it.
type attempts struct {
	sent    int // attempts so far
	unclear bool
	failure error // nil if it was answered
}

type attemptsKey struct{}

func withAttempts(ctx context.Context) context.Context {
	return context.WithValue(ctx, attemptsKey{}, &attempts{})
}

// attemptsOf returns those of the request; never nil, so that nobody has to ask.
func attemptsOf(ctx context.Context) *attempts {
	if a, ok := ctx.Value(attemptsKey{}).(*attempts); ok {
		return a
	}
	return &attempts{}
}

// Unclear reports whether an earlier attempt of the answered request may have
// had its effect: then even a refusal proves nothing. A lost answer to a
// creation, say, makes the second attempt fail with "already exists".
func Unclear(resp *http.Response) bool {
	return resp != nil && resp.Request != nil && attemptsOf(resp.Request.Context()).unclear
}

// neverSent reports whether the request cannot have reached the server. Only
// what failed before a byte of it left proves that: a connection that was reset
// afterwards may have carried it.
func neverSent(err error) bool {
	switch {
	case is[*AnswerError](err):
		return false
	case permanent(err), is[*net.DNSError](err), is[proxyError](err):
		return true
	}
	op, ok := errors.AsType[*net.OpError](err)
	return ok && (op.Op == "dial" || op.Op == "proxyconnect")
}

// is reports whether the error's chain holds one of the type.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
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

// otherWay is an error of a request that went another way than HTTP, and knows
// whether it surely had no effect.
type otherWay interface {
	error
	NoEffect() bool
}

// Ambiguous reports whether the request of this error may have taken effect at
// the server although no usable answer arrived, so that only looking can tell.
// Of joined errors one is enough.
func Ambiguous(err error) bool { return effect(err) == possible }

// Refused reports whether err proves that its request had no effect at the
// server: it answered with a 4xx, and no earlier attempt was left without an
// answer; or it never got the request. An answer that cannot be read proves nothing.
// Of joined errors all that are of requests must prove it.
func Refused(err error) bool { return effect(err) == none }

// proof is what an error says of its request, the later the stronger where several
// are joined.
type proof int

const (
	silent   proof = iota // it is no request's error
	none                  // it surely had no effect
	open                  // a refusal that may be about an earlier attempt, or a status that says neither
	possible              // it may have had its effect
)

// effect reports what an error says of its request. 408 leaves it open: a server
// that tired of waiting may have begun. So does 501: it is never begun, and yet not
// known to be a refusal by a server that would know.
func effect(err error) proof {
	switch e := err.(type) {
	case otherWay:
		return proofOf(!e.NoEffect())
	case *ConnectionError:
		return proofOf(e.Sent)
	case afterLost, *AnswerError:
		return possible
	case *StatusError:
		switch {
		case e.Status >= 500 && e.Status != http.StatusNotImplemented:
			return possible
		case !e.Unclear && e.Status >= 400 && e.Status != http.StatusNotImplemented && e.Status != http.StatusRequestTimeout:
			return none
		}
		return open
	case interface{ Unwrap() []error }:
		all := silent
		for _, part := range e.Unwrap() {
			all = max(all, effect(part))
		}
		return all
	case interface{ Unwrap() error }:
		return effect(e.Unwrap())
	}
	return silent
}

func proofOf(maybe bool) proof {
	if maybe {
		return possible
	}
	return none
}
