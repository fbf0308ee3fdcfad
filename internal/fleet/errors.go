package fleet

import (
	"errors"
	"io/fs"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// refused reports whether err proves that the request had no effect: the
// server answered no, or never got it. Everything else, an answer that cannot
// be read among it, may have had its effect.
func refused(err error) bool { return rest.Refused(err) }

// lasting reports whether the same request would be refused again tomorrow:
// no permission, no such thing, not like this. A rate limit is none of these,
// whatever its status (GitHub's is a 403, too). A program that says that it did
// nothing has no status at all.
func lasting(err error) bool {
	var e *rest.StatusError
	var program interface{ NoEffect() bool }
	if errors.As(err, &program) {
		return refused(err)
	}
	return refused(err) && errors.As(err, &e) && !e.Limited && e.Status != rest.StatusTooManyRequests
}

// missing reports whether err says that the thing asked for is not there. Forges say
// the same of what the credential may not see.
func missing(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || rest.Status(err) == rest.StatusNotFound
}

func unsupported(err error) bool { return errors.Is(err, errors.ErrUnsupported) }

// denied reports whether err says that the credential may not do this.
func denied(err error) bool { return fault.Of(err) == fault.Auth }
