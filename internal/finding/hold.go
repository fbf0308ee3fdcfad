package finding

import (
	"hash/maphash"
	"strings"
)

// chunks is a list that grows without being copied.
type chunks[T any] struct {
	list [][]T
	n    int
}

const chunk = 4096

// next adds an element and returns it. It is valid until the list is drained.
func (c *chunks[T]) next() *T {
	if c.n%chunk == 0 {
		c.list = append(c.list, make([]T, 0, chunk))
	}
	last := &c.list[len(c.list)-1]
	*last = (*last)[:len(*last)+1]
	c.n++
	return &(*last)[len(*last)-1]
}

// drain hands over each element in order and lets go of what was handed over.
func (c *chunks[T]) drain(each func(i int, item *T)) {
	for n, items := range c.list {
		for i := range items {
			each(n*chunk+i, &items[i])
		}
		c.list[n] = nil
	}
	c.n = 0
}

// table numbers things by their keys in the order they are first seen in. A key
// of bytes is looked up without an allocation, and hashed faster than a struct of
// several strings: there is a look-up for each result.
type table[T any] struct {
	index map[string]int32
	items []T
}

func (t *table[T]) add(key []byte, item func() T) int32 {
	if i, ok := t.index[string(key)]; ok {
		return i
	}
	if t.index == nil {
		t.index = map[string]int32{}
	}
	i := int32(len(t.items))
	t.index[string(key)] = i
	t.items = append(t.items, item())
	return i
}

// texts holds many small texts in few large pieces. One that was seen lately is
// held once.
type texts struct {
	seed   maphash.Seed
	lately []string
	piece  *strings.Builder
}

const (
	remembered = 1 << 12
	pieceSize  = 64 << 10
)

func (t *texts) keep(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if t.lately == nil {
		t.seed, t.lately = maphash.MakeSeed(), make([]string, remembered)
	}
	seen := &t.lately[maphash.Bytes(t.seed, text)%remembered]
	if *seen != string(text) {
		*seen = t.hold(text)
	}
	return *seen
}

// hold returns the text as a string that shares its piece with others.
func (t *texts) hold(text []byte) string {
	if t.piece == nil || t.piece.Cap()-t.piece.Len() < len(text) {
		t.piece = new(strings.Builder)
		t.piece.Grow(max(pieceSize, len(text)))
	}
	from := t.piece.Len()
	t.piece.Write(text)
	return t.piece.String()[from:]
}
