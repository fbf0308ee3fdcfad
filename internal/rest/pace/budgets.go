package pace

import "sync"

// Budgets keeps one budget for each host and credential, so that all clients
// of a process that share a limit share its budget too. The zero Budgets is
// ready, with default options.
type Budgets struct {
	Options Options

	mu   sync.Mutex
	list map[budgetKey]*Budget
}

type budgetKey struct{ host, credential string }

// For returns the budget of a host ("api.github.com") and a credential, named by
// its fingerprint or any other text that is no secret.
func (s *Budgets) For(p Profile, host, credential string) *Budget {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := budgetKey{host, credential}
	if b := s.list[key]; b != nil {
		return b
	}
	if s.list == nil {
		s.list = map[budgetKey]*Budget{}
	}
	b := New(p, s.Options)
	s.list[key] = b
	return b
}
