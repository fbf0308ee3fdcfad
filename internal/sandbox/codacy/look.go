package codacy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Describe says in words what the stand-in holds of a commit and its
// repository, so that tests can compare two ways to get there.
func (s *Server) Describe(owner, name, sha string) string {
	s.w.Lock()
	defer s.w.Unlock()
	r := s.w.Repository(owner, name)
	var b strings.Builder
	fmt.Fprintf(&b, "%d tokens\n", len(s.of(r)))
	st := s.states[commitKey{r.ID, sha}]
	if st == nil {
		return b.String()
	}
	fmt.Fprintf(&b, "final %v, parts waiting %v, issues %d, closed %v\n", st.final, st.parts, len(st.issues), st.resultsDone)
	all := st.all()
	for _, file := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&b, "%s:", file)
		for _, line := range slices.Sorted(maps.Keys(all[file])) {
			fmt.Fprintf(&b, " %d=%v", line, all[file][line])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// LiveNamed counts a repository's tokens of that name that still work.
func (s *Server) LiveNamed(owner, repository, name string) int {
	s.w.Lock()
	defer s.w.Unlock()
	n := 0
	for _, t := range s.of(s.w.Repository(owner, repository)) {
		if t.name == name && !t.expired(s.w.Now()) {
			n++
		}
	}
	return n
}
