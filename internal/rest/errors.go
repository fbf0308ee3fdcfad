package rest

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// StatusError is an answer whose status is not 2xx.
type StatusError struct {
	Op         string
	Method     string
	URL        string // without its query, which may be a credential
	Status     int
	Message    string // the server's own words, scrubbed and shortened; may be ""
	RetryAfter time.Duration
	Header     http.Header
	Unclear    bool   // an earlier attempt of the same request may have had its effect
	Limited    bool   // refused for the rate alone, whatever the status
	Guess      string // what the refusal probably is, where the server does not say so; may be ""
}

func (e *StatusError) Error() string {
	s := prefixed(e.Op, fmt.Sprintf("%s %s: %d %s", e.Method, e.URL, e.Status, http.StatusText(e.Status)))
	if e.Message != "" {
		s += ": " + e.Message
	}
	switch {
	case e.Guess != "":
		s += " (" + e.Guess + ")"
	case e.RetryAfter > 0:
		s += fmt.Sprintf(" (asks to wait %s)", e.RetryAfter.Round(time.Second))
	}
	return s
}

// prefixed puts what was being done, if it is known, in front of what went wrong.
func prefixed(op, text string) string {
	if op == "" {
		return text
	}
	return op + ": " + text
}

// Unwrap returns the kind a status stands for where the provider knows no better.
// A limit is the service's, even as a 403: waiting helps, another token does not.
func (e *StatusError) Unwrap() error {
	switch {
	case e.Limited:
		return fault.Service
	case e.Status == http.StatusUnauthorized, e.Status == http.StatusForbidden:
		return fault.Auth
	case e.Status == http.StatusRequestTimeout, e.Status == http.StatusTooEarly, e.Status == http.StatusTooManyRequests, e.Status >= 500, e.Status < 400:
		return fault.Service
	default:
		return fault.Input
	}
}

// Status returns the HTTP status of an error from this package, or 0.
func Status(err error) int {
	var e *StatusError
	if errors.As(err, &e) {
		return e.Status
	}
	return 0
}

// Gone returns err, or nil where it says that what was to be deleted is not
// there (404).
func Gone(err error) error {
	if Status(err) == StatusNotFound {
		return nil
	}
	return err
}

// Overloaded reports whether the server refused the request of this error for
// its load alone, or asked to come back later.
func Overloaded(err error) bool {
	var e *StatusError
	return errors.As(err, &e) && (e.Limited || e.RetryAfter > 0)
}

// AnswerError is an answer that said that all went well and cannot be used: a
// web page, JSON of another shape, more bytes than are read. Whatever was asked
// may have been done.
type AnswerError struct {
	Op   string
	Text string
}

func (e *AnswerError) Error() string { return prefixed(e.Op, e.Text) }

// Unwrap makes it the server's fault.
func (e *AnswerError) Unwrap() error { return fault.Service }
