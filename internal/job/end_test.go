package job

import (
	"context"
	"errors"
	"testing"

	"github.com/gatewright/gatewright/internal/console"
	"github.com/gatewright/gatewright/internal/fault"
)

// TestInterruptionIsNotTolerated: what a run that was stopped could not do is no fault
// of the service's, whatever kind of error it looks like.
func TestInterruptionIsNotTolerated(t *testing.T) {
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for _, kind := range []fault.Kind{fault.Timeout, fault.Service, fault.Auth, fault.Input} {
		j := Job{Console: console.New(console.Streams{Getenv: func(string) string { return "" }}, console.Plain)}
		err := fault.Errorf(kind, "ask")
		if got := j.end(stopped, err); fault.Of(got) != fault.Stopped || !errors.Is(got, err) {
			t.Errorf("%s, stopped: %v", kind, got)
		}
		if got := j.end(t.Context(), err); got != nil {
			t.Errorf("%s: %v", kind, got)
		}
	}
}
