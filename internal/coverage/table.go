package coverage

import "slices"

// table is a map from key to count that costs no more than its two columns:
// sorted keys, and four bytes for the count of each. Reports name their lines
// mostly in ascending order, so adding is appending; what came out of order is
// put right later, in one go.
type table[K uint32 | uint64] struct {
	keys   []K
	values []uint32 // counts below inPlace; from there on, inPlace plus the place in large
	large  []int64  // the few counts that four bytes do not hold
	dirty  bool     // not ascending, or keys repeat
	owned  bool     // made by join: no other table has these columns
}

const inPlace = 1 << 31

// smallTable is how many records may wait before repeats among them are looked
// for: a table may become so large without its distinct keys being so many.
const smallTable = 64 << 10

// count is the i-th count.
func (t *table[K]) count(i int) int64 { return counted(t.values[i], t.large) }

// counted is what a value of the column stands for.
func counted(v uint32, large []int64) int64 {
	if v < inPlace {
		return int64(v)
	}
	return large[v-inPlace]
}

// value is what stands for a count in the column.
func (t *table[K]) value(n int64) uint32 {
	if n < inPlace {
		return uint32(n)
	}
	t.large = append(t.large, n)
	return inPlace + uint32(len(t.large)-1)
}

// add appends a key, for which there must be a place.
func (t *table[K]) add(k K, n int64) {
	t.keys = append(t.keys, k)
	t.values = append(t.values, t.value(n))
}

// put adds a count, merging it at once if the key is the one put last.
func (t *table[K]) put(k K, n int64, merge merging) {
	if last := len(t.keys) - 1; last >= 0 && t.keys[last] == k {
		t.setLast(merge.of(t.count(last), n))
		return
	}
	if len(t.keys) == cap(t.keys) {
		t.makeRoom(1, merge)
	}
	// makeRoom may have settled the table, so that this looks at it again.
	if last := len(t.keys) - 1; last >= 0 && k <= t.keys[last] {
		t.dirty = true
	}
	t.add(k, n)
}

// setLast replaces the count put last.
func (t *table[K]) setLast(n int64) {
	last := len(t.values) - 1
	if old := t.values[last]; old >= inPlace && n >= inPlace {
		t.large[old-inPlace] = n
		return
	}
	t.values[last] = t.value(n)
}

// makeRoom makes at least n places behind the columns of a full table. Repeats
// must not make it larger than its distinct keys for long, so that a large one
// is settled first. Then at least half of it is free, so that settling again is
// paid for by what comes between.
func (t *table[K]) makeRoom(n int, merge merging) {
	more := len(t.keys)
	if t.dirty && len(t.keys) >= smallTable {
		t.settle(merge)
		if len(t.keys)+n <= cap(t.keys)/2 {
			return
		}
		more = 3 * len(t.keys)
	}
	t.reserve(max(more, n, 4))
}

// reserve makes n places behind the columns, in new memory.
func (t *table[K]) reserve(n int) {
	size := len(t.keys) + n
	t.keys = append(make([]K, 0, size), t.keys...)
	t.values = append(make([]uint32, 0, size), t.values...)
}

// free returns the places behind the columns, at least n of them.
func (t *table[K]) free(n int, merge merging) ([]K, []uint32) {
	used := len(t.keys)
	if used+n > cap(t.keys) {
		t.makeRoom(n, merge)
		used = len(t.keys)
	}
	return t.keys[used:cap(t.keys)], t.values[used:cap(t.values)]
}

// fill makes records of the first n places that free gave. Their counts are
// below inPlace.
func (t *table[K]) fill(n int) {
	used := len(t.keys)
	t.keys, t.values = t.keys[:used+n], t.values[:used+n]
	for i := max(used, 1); i < used+n && !t.dirty; i++ {
		t.dirty = t.keys[i] <= t.keys[i-1]
	}
}

// len is the number of records, repeats and all. No table has none.
func (t *table[K]) len() int {
	if t == nil {
		return 0
	}
	return len(t.keys)
}

// settle sorts the keys and merges repeats.
func (t *table[K]) settle(merge merging) {
	if t == nil || !t.dirty {
		return
	}
	t.dirty = false
	if t.dense(merge) {
		return
	}
	t.sort()
	// What is written never overtakes what is read: the same memory will do. Large
	// counts begin anew, because merging may have made small ones of them.
	keys, values, large := t.keys, t.values, t.large
	t.keys, t.values, t.large = t.keys[:0], t.values[:0], nil
	for i := 0; i < len(keys); {
		k, n := keys[i], counted(values[i], large)
		for i++; i < len(keys) && keys[i] == k; i++ {
			n = merge.of(n, counted(values[i], large))
		}
		t.add(k, n)
	}
}

// at finds a key in a settled table.
func (t *table[K]) at(k K) (n int64, ok bool) {
	if t == nil {
		return 0, false
	}
	i, ok := slices.BinarySearch(t.keys, k)
	if ok {
		n = t.count(i)
	}
	return n, ok
}

// join puts everything of a settled table into this settled one. Columns that
// are shared stay as they are: the sum has new ones. Those that it made itself it
// may add to in place, as long as nobody shares them: hundreds of shards of one
// test suite name the same lines.
func (t *table[K]) join(o *table[K], merge merging) {
	if len(t.keys) == 0 {
		*t = *o
		t.reserve(0)
		t.large, t.owned = slices.Clone(t.large), true
		return
	}
	if t.owned && slices.Equal(t.keys, o.keys) { // another run of the same tests
		t.addAll(o, merge)
		return
	}
	var sum table[K]
	sum.reserve(max(len(t.keys), len(o.keys)))
	for i, j := 0, 0; i < len(t.keys) || j < len(o.keys); {
		switch {
		case j == len(o.keys) || i < len(t.keys) && t.keys[i] < o.keys[j]:
			sum.put(t.keys[i], t.count(i), merge)
			i++
		case i == len(t.keys) || o.keys[j] < t.keys[i]:
			sum.put(o.keys[j], o.count(j), merge)
			j++
		default:
			sum.put(t.keys[i], merge.of(t.count(i), o.count(j)), merge)
			i++
			j++
		}
	}
	*t = sum
	t.owned = true
}

// take puts the records of a table behind those of this one.
func (t *table[K]) take(o *table[K], merge merging) {
	for i, k := range o.keys {
		t.put(k, o.count(i), merge)
	}
}

// addAll is join for a table of the same keys.
func (t *table[K]) addAll(o *table[K], merge merging) {
	for i, v := range o.values {
		old := t.values[i]
		if merge == sums && old < inPlace && v < inPlace && old+v < inPlace {
			t.values[i] = old + v
			continue
		}
		n := merge.of(t.count(i), o.count(i))
		if old >= inPlace && n >= inPlace {
			t.large[old-inPlace] = n
			continue
		}
		t.values[i] = t.value(n)
	}
}

// covered is how many counts are above zero, counted without a branch, which
// nothing could predict.
func (t *table[K]) covered() (n int) {
	if t == nil {
		return 0
	}
	for _, v := range t.values {
		n += int((v | -v) >> 31)
	}
	return n
}

// trim frees what growing has left unused.
func (t *table[K]) trim() {
	if cap(t.keys)-len(t.keys) > len(t.keys)/16+4 {
		t.reserve(0)
	}
}

// clear empties the table and keeps its memory.
func (t *table[K]) clear() {
	if t != nil {
		t.keys, t.values, t.large, t.dirty = t.keys[:0], t.values[:0], nil, false
	}
}

// capped shares the columns of a settled table that is not changed any more:
// adding to the copy makes new ones.
func (t *table[K]) capped() *table[K] {
	if t == nil {
		return nil
	}
	if t.owned { // not written to otherwise: others may be reading
		t.owned = false
	}
	shared := *t
	shared.keys, shared.values, shared.large = slices.Clip(t.keys), slices.Clip(t.values), slices.Clip(t.large)
	return &shared
}
