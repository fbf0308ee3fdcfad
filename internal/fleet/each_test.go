package fleet

import (
	"context"
	"errors"
	"testing"
)

// TestEachAndTheStop: a call's own error is what is returned, also when the run was
// told to stop meanwhile, and a stop that came after the last call is none.
func TestEachAndTheStop(t *testing.T) {
	stopped, failed := errors.New("stopped"), errors.New("the journal cannot be written")
	for _, workers := range []int{1, 3} {
		for name, tt := range map[string]struct {
			at   int // the call that is stopped in
			fail error
			want error
		}{
			"a call that fails in the stop": {2, failed, failed},
			"stopped with calls left":       {2, nil, stopped},
			"stopped in the last call":      {9, nil, nil},
			"never":                         {-1, nil, nil},
		} {
			ctx, stop := context.WithCancelCause(t.Context())
			err := each(ctx, 10, workers, func(i int) error {
				if i == tt.at {
					stop(stopped)
					return tt.fail
				}
				if workers > 1 && tt.at >= 0 && tt.at < 9 && i > tt.at {
					<-ctx.Done() // or all might have been begun before the stop
				}
				return nil
			})
			if !errors.Is(err, tt.want) || tt.want == nil && err != nil {
				t.Errorf("%s, %d workers: %v, want %v", name, workers, err, tt.want)
			}
			stop(nil)
		}
	}
}
