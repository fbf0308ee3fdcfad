package codedig

import "fmt"

// Describe says in words what the stand-in holds, so that tests can compare
// two ways to get there.
func (s *Server) Describe() string {
	s.w.Lock()
	defer s.w.Unlock()
	keys := 0
	for _, k := range s.keys {
		if !k.revoked {
			keys++
		}
	}
	return fmt.Sprintf("%d keys, %d runs", keys, len(s.runs))
}
