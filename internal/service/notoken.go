package service

import (
	"errors"

	"github.com/gatewright/gatewright/internal/fault"
)

// MissingToken is the error of a service that was not opened because no token was
// found anywhere, as opposed to a wrong one. Some jobs may do without.
type MissingToken struct{ Text string }

func (e MissingToken) Error() string { return e.Text }

// Unwrap makes it an authentication failure.
func (e MissingToken) Unwrap() error { return fault.Auth }

// IsNoToken reports whether err says that there was no token at all.
func IsNoToken(err error) bool {
	var e MissingToken
	return errors.As(err, &e)
}
