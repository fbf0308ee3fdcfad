package gate

import (
	"cmp"

	"github.com/gatewright/gatewright/internal/fault"
)

// Fact is something that is judged: it is known, or missing with the reason. A
// pointer would not do: its nil has no reason, and whoever forgets to look takes
// an empty report for one in which everything is covered.
// The zero value is missing without one. A missing fact may hold the part that
// is known, from which a failure can be judged and never a pass.
type Fact[T any] struct {
	Value T
	Why   string // why it is missing, in plain words
	Hint  string // what would make it known; may be ""
	known bool
}

// Known returns a fact that is known.
func Known[T any](v T) Fact[T] { return Fact[T]{Value: v, known: true} }

// Missing returns a fact that is not known, and why.
func Missing[T any](why, hint string) Fact[T] { return Fact[T]{Why: why, Hint: hint} }

// MissingFor returns a fact that is not known because of an error, whose hint
// is the fact's.
func MissingFor[T any](err error) Fact[T] { return Missing[T](err.Error(), fault.Hint(err)) }

// Known reports whether the fact is known.
func (f Fact[T]) Known() bool { return f.known }

// reason is why the fact is missing and what to do; other stands for no reason.
func (f Fact[T]) reason(other string) string {
	why := cmp.Or(f.Why, other)
	if f.Hint != "" {
		why += "; " + f.Hint
	}
	return why
}
