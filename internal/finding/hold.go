package finding

import (
	"hash/maphash"

	"github.com/gatewright/gatewright/internal/scan"
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

// texts keeps texts of which one that was seen lately is kept once.
type texts struct {
	seed   maphash.Seed
	lately []string
	pieces scan.Pieces
}

const remembered = 1 << 12

func (t *texts) keep(text []byte) string {
	if len(text) == 0 {
		return ""
	}
	if t.lately == nil {
		t.seed, t.lately = maphash.MakeSeed(), make([]string, remembered)
	}
	seen := &t.lately[maphash.Bytes(t.seed, text)%remembered]
	if *seen != string(text) {
		*seen = scan.Keep(&t.pieces, text)
	}
	return *seen
}
