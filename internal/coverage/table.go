package coverage

import "slices"

// table is a map from key to value that costs no more than its two columns:
// sorted keys, and a value for each. Reports name their lines mostly in
// ascending order, so adding is appending; what came out of order is put right
// later, in one go.
type table[K ~uint32 | ~uint64, V any] struct {
	keys   []K
	values []V
	dirty  bool // not ascending, or keys repeat
}

// put adds a value, merging it at once if the key is the one put last.
func (t *table[K, V]) put(k K, v V, merge func(V, V) V) {
	if n := len(t.keys); n > 0 && t.keys[n-1] == k {
		t.values[n-1] = merge(t.values[n-1], v)
		return
	}
	if t.dirty && len(t.keys) == cap(t.keys) {
		t.settle(merge)
		t.grow()
	}
	if n := len(t.keys); n > 0 && k <= t.keys[n-1] {
		t.dirty = true
	}
	t.keys = append(t.keys, k)
	t.values = append(t.values, v)
}

// grow makes room in a full table that was just settled because repeats must
// not make it larger than its distinct keys for long. It leaves at least half
// of the table free, so that settling again is paid for by what comes between.
func (t *table[K, V]) grow() {
	if n := len(t.keys); n > cap(t.keys)/2 {
		t.keys = slices.Grow(t.keys, n)
		t.values = slices.Grow(t.values, n)
	}
}

// settle sorts the keys and merges repeats.
func (t *table[K, V]) settle(merge func(V, V) V) {
	if !t.dirty {
		return
	}
	t.dirty = false
	t.sort()
	keys, values := t.keys[:0], t.values[:0]
	for i, k := range t.keys {
		if n := len(keys); n > 0 && keys[n-1] == k {
			values[n-1] = merge(values[n-1], t.values[i])
			continue
		}
		keys = append(keys, k)
		values = append(values, t.values[i])
	}
	t.keys, t.values = keys, values
}

// sort orders the columns by key, byte by byte from the lowest: the time is
// linear whatever the order was. Bytes that all keys share cost one look.
func (t *table[K, V]) sort() {
	keys, values := make([]K, len(t.keys), cap(t.keys)), make([]V, len(t.values), cap(t.values))
	var all K
	for _, k := range t.keys {
		all |= k ^ t.keys[0]
	}
	for shift := 0; all>>shift != 0; shift += 8 {
		if all>>shift&0xff == 0 {
			continue
		}
		var next [257]int
		for _, k := range t.keys {
			next[1+(k>>shift&0xff)]++
		}
		for i := 1; i < len(next); i++ {
			next[i] += next[i-1]
		}
		for i, k := range t.keys {
			b := k >> shift & 0xff
			keys[next[b]], values[next[b]] = k, t.values[i]
			next[b]++
		}
		t.keys, keys = keys, t.keys
		t.values, values = values, t.values
	}
}

// at finds a key in a settled table.
func (t *table[K, V]) at(k K) (v V, ok bool) {
	i, ok := slices.BinarySearch(t.keys, k)
	if ok {
		v = t.values[i]
	}
	return v, ok
}

// add puts everything of a settled table into this settled one.
func (t *table[K, V]) add(o *table[K, V], merge func(V, V) V) {
	if len(o.keys) == 0 {
		return
	}
	if n := len(t.keys); n == 0 || t.keys[n-1] < o.keys[0] {
		t.keys = append(t.keys, o.keys...)
		t.values = append(t.values, o.values...)
		return
	}
	keys := make([]K, 0, max(len(t.keys), len(o.keys)))
	values := make([]V, 0, cap(keys))
	i, j := 0, 0
	for i < len(t.keys) || j < len(o.keys) {
		switch {
		case j == len(o.keys) || i < len(t.keys) && t.keys[i] < o.keys[j]:
			keys, values = append(keys, t.keys[i]), append(values, t.values[i])
			i++
		case i == len(t.keys) || o.keys[j] < t.keys[i]:
			keys, values = append(keys, o.keys[j]), append(values, o.values[j])
			j++
		default:
			keys, values = append(keys, t.keys[i]), append(values, merge(t.values[i], o.values[j]))
			i++
			j++
		}
	}
	t.keys, t.values = keys, values
}

// trim gives back what growing has left unused.
func (t *table[K, V]) trim() {
	t.keys = tight(t.keys)
	t.values = tight(t.values)
}

// tight copies a slice whose unused part is worth more than the copy.
func tight[T any](s []T) []T {
	if cap(s)-len(s) <= len(s)/16+4 {
		return s
	}
	if len(s) == 0 {
		return nil
	}
	return append(make([]T, 0, len(s)), s...)
}

// exact is a copy of just the size it needs, in memory of the two arenas.
func (t *table[K, V]) exact(keys *arena[K], values *arena[V]) table[K, V] {
	if len(t.keys) == 0 {
		return table[K, V]{}
	}
	return table[K, V]{keys: append(keys.take(len(t.keys)), t.keys...), values: append(values.take(len(t.values)), t.values...)}
}

// arena hands out small columns from large blocks, which costs less than to
// allocate each.
type arena[T any] struct{ free []T }

const arenaBlock = 16 << 10 // values

// take gives an empty slice with room for just n values.
func (a *arena[T]) take(n int) []T {
	if n > len(a.free) {
		if n > arenaBlock/4 {
			return make([]T, 0, n)
		}
		a.free = make([]T, arenaBlock)
	}
	s := a.free[:0:n]
	a.free = a.free[n:]
	return s
}

// clear empties the table and keeps its memory.
func (t *table[K, V]) clear() {
	t.keys, t.values, t.dirty = t.keys[:0], t.values[:0], false
}

// capped shares the columns of a table that is not changed any more: adding to
// the copy makes new ones.
func (t *table[K, V]) capped() table[K, V] {
	return table[K, V]{keys: slices.Clip(t.keys), values: slices.Clip(t.values)}
}
