package fleet

import (
	"context"
	"sync"
	"sync/atomic"
)

// each calls fn for 0 to n-1, so many at once, and returns the first error that fn
// returned; after one, or when ctx ends, it starts no more. What is begun is always
// waited for. If ctx ended before all was begun, and no call failed, it returns why.
// With one worker everything happens in the caller's goroutine, in order.
func each(ctx context.Context, n, workers int, fn func(i int) error) error {
	var next atomic.Int64
	var first atomic.Pointer[error]
	work := func() {
		for ctx.Err() == nil && first.Load() == nil {
			i := int(next.Add(1)) - 1
			if i >= n {
				return
			}
			if err := fn(i); err != nil {
				first.CompareAndSwap(nil, &err)
			}
		}
	}
	if workers <= 1 { // tests count on the order, and on panics in their own goroutine
		work()
	} else {
		var all sync.WaitGroup
		for range min(workers, n) {
			all.Go(work)
		}
		all.Wait()
	}
	switch err := first.Load(); {
	case err != nil:
		return *err
	case int(next.Load()) < n:
		return context.Cause(ctx)
	}
	return nil
}
