package plugin_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/forge"
	"github.com/gatewright/gatewright/internal/forge/plugin"
)

// crowd is a program that notices how many of it run.
type crowd struct {
	now     atomic.Int32
	several atomic.Bool
}

func (c *crowd) Run(context.Context, string, []byte) plugin.Ended {
	if c.now.Add(1) > 1 {
		c.several.Store(true)
	}
	time.Sleep(time.Millisecond)
	c.now.Add(-1)
	return plugin.Ended{Stdout: []byte(`{"exists":false}`)}
}

// TestTurns: of a program that nobody has run yet, no two are run at once.
func TestTurns(t *testing.T) {
	for range 200 {
		c := &crowd{}
		s := plugin.New(plugin.Options{Runner: c})
		start := make(chan struct{})
		var wg sync.WaitGroup
		for range 4 {
			wg.Go(func() {
				<-start
				_, _ = s.Stat(t.Context(), forge.Ref{Store: "exec:shop", Owner: "acme", Repo: "api", Name: "TOKEN"})
			})
		}
		close(start)
		wg.Wait()
		if c.several.Load() {
			t.Fatal("several at once")
		}
	}
}
