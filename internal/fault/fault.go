// Package fault names the kinds of failure. A kind is an error and an exit
// code: it says what the caller should do next, and nothing else in Gatewright
// decides how the process ends.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Kind is one way to fail. Its number is the exit code of the process.
type Kind int

// The kinds, in the order of their exit codes. OK is no failure.
const (
	OK      Kind = 0  // passed, skipped or queued
	Gate    Kind = 1  // a gate judged, and failed
	Input   Kind = 2  // usage, configuration or a file is wrong: change it
	Auth    Kind = 3  // no token, a wrong one, or one without the permission
	Service Kind = 4  // the service or the network failed: try again later
	Timeout Kind = 5  // the deadline passed while waiting; never a pass
	Partial Kind = 6  // part of the work is done and the rest is not
	Bug     Kind = 70 // Gatewright itself is wrong

	Stopped Kind = 130 // the user, or the system, told the process to end
)

// Error makes a Kind usable as a target of errors.Is.
func (k Kind) Error() string { return k.String() }

// String names the kind in lower case.
func (k Kind) String() string {
	if name, ok := names[k]; ok {
		return name
	}
	return names[Bug] // a kind that nobody knows is one
}

var names = map[Kind]string{
	OK: "ok", Gate: "gate failed", Input: "bad input", Auth: "not authorized", Service: "service or network error",
	Timeout: "timed out", Partial: "partly done", Stopped: "stopped", Bug: "internal error",
}

// Error is a failure with its kind, its cause, and one hint for the person who
// reads it. The text never starts with "failed to" and never ends in a full stop.
type Error struct {
	Kind Kind
	Err  error  // the problem; its text is what the user sees first
	Hint string // one sentence: what to do next; may be empty
}

func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns the cause and the kind, so that errors.Is(err, fault.Auth) works.
func (e *Error) Unwrap() []error { return []error{e.Err, e.Kind} }

// Errorf makes an error of the given kind. The format may wrap with %w.
func Errorf(kind Kind, format string, args ...any) error {
	return &Error{Kind: kind, Err: fmt.Errorf(format, args...)}
}

// As returns err with the kind, in the place of the one it had; nil stays nil.
func As(kind Kind, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: kind, Err: err, Hint: Hint(err)}
}

// WithHint adds the sentence that says what the user can do next, keeping the
// kind; nil stays nil. The hint nearest the top of the chain is the one shown.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &Error{Kind: Of(err), Err: err, Hint: fmt.Sprintf(format, args...)}
}

// Setting is an error in what the user wrote, be it a rule, a name or an address.
type Setting struct{ error }

// Unwrap returns the error itself, with its kind.
func (s Setting) Unwrap() error { return s.error }

// Mistake returns err as a Setting, if it is an Input.
func Mistake(err error) error {
	if Of(err) != Input {
		return err
	}
	return Setting{err}
}

// Of returns an error's kind. An error that carries none is a Bug, except that a
// passed deadline is a Timeout and a cancelled context is Stopped; nil is OK.
func Of(err error) Kind {
	if err == nil {
		return OK
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	var k Kind
	if errors.As(err, &k) {
		return k
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return Timeout
	case errors.Is(err, context.Canceled):
		return Stopped
	}
	return Bug
}

// Hint finds the hint to show with err, or "".
func Hint(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Err
	}
	return ""
}

// ExitCode is the exit code for err; 0 for nil.
func ExitCode(err error) int { return int(Of(err)) }

// Text returns the text of err and its hint, if there is one, in one line.
func Text(err error) string {
	if hint := Hint(err); hint != "" {
		return err.Error() + "; " + hint
	}
	return err.Error()
}
