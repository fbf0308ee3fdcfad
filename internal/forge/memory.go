package forge

import "sync"

// Memory keeps what was read once, by name. It is safe for concurrent use; the
// zero Memory is empty.
type Memory[T any] struct {
	mu   sync.Mutex
	kept map[string]T
}

// Keep enters a value, replacing an older one.
func (m *Memory[T]) Keep(name string, v T) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string]T{}
	}
	m.kept[name] = v
}

// Forget drops a value.
func (m *Memory[T]) Forget(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, name)
}

// Get returns what is kept, or reads it and keeps it. Two that ask at once may
// both read.
func (m *Memory[T]) Get(name string, read func() (T, error)) (T, error) {
	m.mu.Lock()
	v, ok := m.kept[name]
	m.mu.Unlock()
	if ok {
		return v, nil
	}
	v, err := read()
	if err == nil {
		m.Keep(name, v)
	}
	return v, err
}

// All returns a copy of everything kept.
func (m *Memory[T]) All() map[string]T {
	m.mu.Lock()
	defer m.mu.Unlock()
	out := make(map[string]T, len(m.kept))
	for name, v := range m.kept {
		out[name] = v
	}
	return out
}
