package rest

import "context"

type stopKey struct{}

// WithStop returns a context whose requests no longer wait for a rate limit once
// stop is closed. Those under way, and those that need not wait, still go.
func WithStop(ctx context.Context, stop <-chan struct{}) context.Context {
	return context.WithValue(ctx, stopKey{}, stop)
}

// Stopped returns the channel of WithStop, nil if there is none.
func Stopped(ctx context.Context) <-chan struct{} {
	stop, _ := ctx.Value(stopKey{}).(<-chan struct{})
	return stop
}
