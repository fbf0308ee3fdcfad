package service

import (
	"errors"

	"github.com/gatewright/gatewright/internal/fault"
)

// NoToken is the error of a service that was not opened because no token was
// found anywhere, as opposed to a wrong one. Some jobs may do without.
type NoToken struct{ Text string }

func (e NoToken) Error() string { return e.Text }

// Unwrap makes it an authentication failure.
func (e NoToken) Unwrap() error { return fault.Auth }

// IsNoToken reports whether err says that there was no token at all.
func IsNoToken(err error) bool {
	var e NoToken
	return errors.As(err, &e)
}
