package coverage

// sort orders the columns by key, a few bits at a time from the lowest: the time
// is linear whatever the order was. Bits that all keys share cost one look. It is
// stable, though nothing depends on that: records of one key merge to the same.
func (t *table[K]) sort() {
	keys, values := make([]K, len(t.keys)), make([]uint32, len(t.keys))
	fromKeys, fromValues := t.keys, t.values
	var all K
	for _, k := range t.keys {
		all |= k ^ t.keys[0]
	}
	width := 8
	if len(t.keys) >= smallTable {
		width = 11 // fewer rounds, worth more counters
	}
	mask := K(1)<<width - 1
	for shift := 0; all>>shift != 0; shift += width {
		if all>>shift&mask == 0 {
			continue
		}
		var counters [1<<11 + 1]uint32
		next := counters[:mask+2]
		for _, k := range fromKeys {
			next[1+(k>>shift&mask)]++
		}
		for i := 1; i < len(next); i++ {
			next[i] += next[i-1]
		}
		for i, k := range fromKeys {
			b := k >> shift & mask
			keys[next[b]], values[next[b]] = k, fromValues[i]
			next[b]++
		}
		keys, fromKeys = fromKeys, keys
		values, fromValues = fromValues, values
	}
	if &fromKeys[0] != &t.keys[0] { // after an odd number of rounds the result is in the other memory
		copy(t.keys, fromKeys)
		copy(t.values, fromValues)
	}
}

// dense counts the keys into place instead of sorting them, where the largest is
// not far above their number, as it is with lines; false where it is not.
func (t *table[K]) dense(merge merging) bool {
	var last K
	for _, k := range t.keys {
		last = max(last, k)
	}
	if uint64(last) > 8*uint64(len(t.keys)) || len(t.large) > 0 || merge != sums && merge != largest {
		return false
	}
	// Counts are below inPlace here, and there are fewer than that, so that no
	// sum reaches the highest bit, which only keys that there are have.
	const there = 1 << 63
	counts := make([]uint64, uint64(last)+1)
	if merge == largest {
		for i, k := range t.keys {
			counts[k] = max(counts[k], uint64(t.values[i])|there)
		}
	} else {
		for i, k := range t.keys {
			counts[k] = counts[k] + uint64(t.values[i]) | there
		}
	}
	t.clear()
	for k, n := range counts {
		if n != 0 {
			t.add(K(k), int64(n&^there))
		}
	}
	return true
}
