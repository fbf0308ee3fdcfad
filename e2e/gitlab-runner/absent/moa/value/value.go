// Package value is absent: the values of moa.
package value

import (
	"errors"
	"iter"
)

// Kind is a value's type.
type Kind int

// The kinds.
const (
	NullKind Kind = iota
	StringKind
	NumberKind
	BoolKind
	ArrayKind
	ObjectKind
)

// What a Mapper may answer.
var (
	ErrAttributeNotFound = errors.ErrUnsupported
	ErrInvalidKey        = errors.ErrUnsupported
)

// A Value is always null.
type Value struct{}

// A Mapper is an object.
type Mapper interface {
	All() iter.Seq2[Value, Value]
	Attr(string) (Value, error)
	Get(Value) (Value, error)
	Keys() iter.Seq[Value]
	Len() int
	Values() iter.Seq[Value]
	WithMarks(uint16) Mapper
}

// Null, String and Object make a Value.
func Null() Value { return Value{} }

func String(string) Value { return Value{} }

func Object(Mapper) Value { return Value{} }

// Kind is NullKind.
func (Value) Kind() Kind { return NullKind }

func (Value) String() string { return "" }

// HasMarks and WithMarks know no marks.
func (Value) HasMarks(uint16) bool { return false }

func (v Value) WithMarks(uint16) Value { return v }
