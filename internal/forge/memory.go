package forge

import "sync"

// Memory keeps what was read once, by name. It is safe for concurrent use; the
// zero Memory is empty.
type Memory[T any] struct{ kept sync.Map }

// Keep enters a value, replacing an older one.
func (m *Memory[T]) Keep(name string, v T) { m.kept.Store(name, v) }

// Forget drops a value.
func (m *Memory[T]) Forget(name string) { m.kept.Delete(name) }

// Get returns what is kept, or reads it and keeps it. Two that ask at once may
// both read: what is kept must not be something that there may be only one of.
func (m *Memory[T]) Get(name string, read func() (T, error)) (T, error) {
	if v, ok := m.kept.Load(name); ok {
		return v.(T), nil // nothing else is stored
	}
	v, err := read()
	if err == nil {
		m.Keep(name, v)
	}
	return v, err
}

// All returns a copy of everything kept.
func (m *Memory[T]) All() map[string]T {
	out := map[string]T{}
	for name, v := range m.kept.Range {
		out[name.(string)] = v.(T)
	}
	return out
}
