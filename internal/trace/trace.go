// Package trace carries what --debug shows, and how far long work has come,
// from the rooms that do the work to the console: through the context, so that
// no room needs to know who listens.
package trace

import (
	"context"
	"fmt"
	"io"
)

// Listener is told of the work. Its methods may be called concurrently.
type Listener interface {
	// Debugs reports whether anybody reads what Debug is given.
	Debugs() bool
	// Debug is given one line: a fact and where it was read, a command, a request.
	Debug(text string)
	// Doing is told what is being done, and how much of it is done. A total of 0
	// is not known.
	Doing(what string, done, total int64)
}

type key struct{}

// With returns a context whose work is traced.
func With(ctx context.Context, l Listener) context.Context { return context.WithValue(ctx, key{}, l) }

// Debugf sends the listener one line, if there is one that reads it.
func Debugf(ctx context.Context, format string, args ...any) {
	if l := listener(ctx); l != nil && l.Debugs() {
		l.Debug(fmt.Sprintf(format, args...))
	}
}

// Debugs reports whether anybody reads what Debugf sends, for lines that cost
// something to make.
func Debugs(ctx context.Context) bool {
	l := listener(ctx)
	return l != nil && l.Debugs()
}

// listener returns the context's, nil if nobody listens.
func listener(ctx context.Context) Listener {
	l, _ := ctx.Value(key{}).(Listener)
	return l
}

// largeBody is the size from which sending a body is worth telling of.
const largeBody = 256 << 10

// Body returns a request's body that reports how much of it was read. Without a
// listener, and for a small body, it is body itself.
func Body(ctx context.Context, what string, body io.ReadCloser, total int64) io.ReadCloser {
	l := listener(ctx)
	if l == nil || body == nil || total < largeBody {
		return body
	}
	return &counted{ReadCloser: body, listener: l, what: what, total: total}
}

type counted struct {
	io.ReadCloser
	listener    Listener
	what        string
	done, total int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	c.done += int64(n)
	if c.done < c.total {
		c.listener.Doing(c.what, c.done, c.total)
	} else {
		c.listener.Doing(c.what+": sent, waiting for the answer", 0, 0)
	}
	return n, err
}
