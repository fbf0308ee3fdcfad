package coverage

// sort orders the columns by key, byte by byte from the lowest: the time is
// linear whatever the order was. Bytes that all keys share cost one look.
func (t *table[K]) sort() {
	keys, values := make([]K, len(t.keys), cap(t.keys)), make([]uint32, len(t.values), cap(t.keys))
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
