package fleet

import (
	"context"
	"sync"
	"sync/atomic"
)

// each calls fn for 0 to n-1, so many at once, and returns the first error;
// after one, or when ctx ends, it starts no more. What is begun is always waited
// for. With one worker everything happens in the caller's goroutine, in order.
func each(ctx context.Context, n, workers int, fn func(i int) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var next atomic.Int64
	work := func() {
		for ctx.Err() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			if err := fn(i); err != nil {
				stop(err) // the first one's is the cause
			}
		}
	}
	if workers <= 1 { // tests count on the order, and on panics in their own goroutine
		work()
		return context.Cause(ctx)
	}
	var all sync.WaitGroup
	for range min(workers, n) {
		all.Go(work)
	}
	all.Wait()
	return context.Cause(ctx)
}
