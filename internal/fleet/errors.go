package fleet

import (
	"errors"
	"io/fs"
	"net/http"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// refused reports whether err proves that the request had no effect: the
// server answered no, or never got it. Everything else, an answer that cannot
// be read among it, may have had its effect.
func refused(err error) bool { return rest.Refused(err) }

// lasting reports whether the same request would be refused again tomorrow:
// no permission, no such thing, not like this.
func lasting(err error) bool {
	status := rest.Status(err)
	return refused(err) && status >= 400 && status < 500 && status != http.StatusTooManyRequests && status != http.StatusTooEarly
}

// missing reports whether err says that the thing asked for is not there.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || rest.Status(err) == http.StatusNotFound
}

func unsupported(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

// denied reports whether err says that the credential may not do this.
func denied(err error) bool { return fault.Of(err) == fault.Auth }
