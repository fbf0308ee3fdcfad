package service

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/gatewright/gatewright/internal/fault"
)

// State is one answer while waiting.
type State struct {
	Done bool
	Text string // what is being waited for, in plain words
}

// maxLost is how many polls in a row may go wrong before waiting is given up.
// The client has by then tried each of them several times.
const maxLost = 3

// Poll asks until the answer is done; an error with it is final. The wait
// between two questions is w.Interval, else grows up to the usual one, spread a
// little so that many jobs do not ask in step. A question that fails for
// reasons of the network is asked again if an earlier one was answered. The
// deadline is ctx's: when it passes, the error is a fault.Timeout that says what
// was being waited for.
func Poll(ctx context.Context, w Wait, usual time.Duration, ask func(context.Context) (State, error)) error {
	interval, longest := w.Interval, w.Interval
	if interval <= 0 {
		interval, longest = usual/8, usual // what is quick should not wait for what is slow
	}
	told, lost, answered := "", 0, false
	for {
		s, err := ask(ctx)
		switch {
		case s.Done:
			return err
		case err == nil:
			lost, answered = 0, true
		case ctx.Err() != nil && told == "":
			return waitEnded(ctx, err.Error())
		case ctx.Err() != nil:
			return waitEnded(ctx, told)
		case !answered || lost >= maxLost || fault.Of(err) != fault.Service:
			return err
		default:
			lost++
			s.Text = err.Error()
		}
		if s.Text != "" && s.Text != told {
			told = s.Text
			w.Tell(told)
		}
		if sleep(ctx, spread(interval)) != nil {
			return waitEnded(ctx, told)
		}
		interval = min(2*interval, longest)
	}
}

func waitEnded(ctx context.Context, last string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fault.Errorf(fault.Stopped, "interrupted while waiting: %s: %w", last, context.Canceled)
	}
	if last == "" {
		last = "no answer yet"
	}
	return fault.WithHint(fault.Errorf(fault.Timeout, "timed out waiting: %s", last), "give it more time with --timeout")
}

// errEnded says that the caller's context has ended.
var errEnded = errors.New("the context has ended")

// sleep waits, and returns errEnded where ctx ends first.
func sleep(ctx context.Context, d time.Duration) error {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		d = max(time.Until(deadline), 0)
	}
	select {
	case <-ctx.Done():
	case <-time.After(d):
		if ctx.Err() == nil {
			return nil
		}
	}
	return errEnded
}

// spread varies a wait by a tenth either way; short ones, as in tests, stay.
func spread(d time.Duration) time.Duration {
	if d < time.Second {
		return d
	}
	return d - d/10 + rand.N(d/5)
}
