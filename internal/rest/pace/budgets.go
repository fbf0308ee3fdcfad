package pace

import "sync"

// Budgets keeps one budget for each host and credential, so that all clients
// of a process that share a limit share its budget too. The zero Budgets is
// ready, with default options.
type Budgets struct {
	Options Options
	Address int // Options.Share for limits that count by address; 0 is one

	mu   sync.Mutex
	list map[budgetKey]*Budget
}

type budgetKey struct{ host, credential string }

// For returns the budget of a host ("api.github.com") and a credential, named by
// its fingerprint or any other text that is no secret; "" is a limit that counts
// by address, whatever the credential.
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
	o := s.Options
	if credential == "" {
		o.Share = s.Address
	}
	b := New(p, o)
	s.list[key] = b
	return b
}
