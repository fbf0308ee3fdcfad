package rest

import (
	"errors"
	"fmt"

	"github.com/gatewright/gatewright/internal/fault"
)

// AnswerError is an answer that said that all went well and cannot be used: a
// web page, JSON of another shape, more bytes than are read. Whatever was asked
// may have been done.
type AnswerError struct {
	Op   string
	Text string
}

func (e *AnswerError) Error() string {
	if e.Op == "" {
		return e.Text
	}
	return e.Op + ": " + e.Text
}

// Unwrap makes it the server's fault.
func (e *AnswerError) Unwrap() error { return fault.Service }

// Unusable returns the error for an answer whose status is fine and whose
// content is not what was asked for.
func (r *Response) Unusable(format string, args ...any) error {
	return &AnswerError{Op: r.op, Text: fmt.Sprintf(format, args...)}
}

func unusable(err error) (*AnswerError, bool) {
	var e *AnswerError
	ok := errors.As(err, &e)
	return e, ok
}
