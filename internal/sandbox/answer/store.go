package answer

import (
	"strings"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// Store keeps the variables or secrets of one stand-in: values of a vendor's
// own shape, by place ("acme", "acme/api") and name, in the order in which they
// were made. The zero Store is empty; the world's lock guards it.
type Store[T any] struct {
	// Exact makes names differ by case.
	Exact bool

	places map[string][]*entry[T]
}

type entry[T any] struct {
	name  string
	value T
}

func (s *Store[T]) index(place, name string) int {
	for i, e := range s.places[place] {
		if e.name == name || !s.Exact && strings.EqualFold(e.name, name) {
			return i
		}
	}
	return -1
}

// All returns the values of a place.
func (s *Store[T]) All(place string) []T {
	out := []T{}
	for _, e := range s.places[place] {
		out = append(out, e.value)
	}
	return out
}

// Find returns the value of a name, to be read or changed in place; nil if
// there is none.
func (s *Store[T]) Find(place, name string) *T {
	if i := s.index(place, name); i >= 0 {
		return &s.places[place][i].value
	}
	return nil
}

// Put enters a value and reports whether it is new.
func (s *Store[T]) Put(place, name string, v T) (made bool) {
	if old := s.Find(place, name); old != nil {
		*old = v
		return false
	}
	if s.places == nil {
		s.places = map[string][]*entry[T]{}
	}
	s.places[place] = append(s.places[place], &entry[T]{name, v})
	return true
}

// Rename keeps a value under another name.
func (s *Store[T]) Rename(place, from, to string) {
	if i := s.index(place, from); i >= 0 {
		s.places[place][i].name = to
	}
}

// Delete takes a value out and reports whether it was there.
func (s *Store[T]) Delete(place, name string) bool {
	i := s.index(place, name)
	if i < 0 {
		return false
	}
	s.places[place] = append(s.places[place][:i:i], s.places[place][i+1:]...)
	return true
}

// Len is how many values a place holds.
func (s *Store[T]) Len(place string) int { return len(s.places[place]) }

// Upper is a name as a forge keeps it that does not tell names by case.
func Upper(name string) string { return strings.ToUpper(name) }

// Peek returns a copy of what a store holds, taking the world's lock.
func Peek[T any](w *world.World, s *Store[T], place, name string) (v T, ok bool) {
	w.Lock()
	defer w.Unlock()
	if kept := s.Find(place, name); kept != nil {
		return *kept, true
	}
	return v, false
}
