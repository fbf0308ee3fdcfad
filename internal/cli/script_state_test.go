package cli

import (
	"sync"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gatewright/gatewright/internal/sandbox"
)

// sandboxes remembers which script runs which sandbox; scripts run side by side.
type sandboxes struct {
	mu sync.Mutex
	m  map[*testscript.TestScript]*sandbox.Sandbox
}

var running = sandboxes{m: map[*testscript.TestScript]*sandbox.Sandbox{}}

func (s *sandboxes) put(ts *testscript.TestScript, sb *sandbox.Sandbox) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.m[ts] = sb
}

func (s *sandboxes) of(ts *testscript.TestScript) *sandbox.Sandbox {
	s.mu.Lock()
	defer s.mu.Unlock()
	sb := s.m[ts]
	if sb == nil {
		ts.Fatalf("start the sandbox first")
	}
	return sb
}
