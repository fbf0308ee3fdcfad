package scan

// Counts reads an array of counts, [null,1,0], and calls take for each that is
// a number, with its place from 0. Elements that are null, or the word, are none;
// "" is no word. null has no elements.
func (j *JSON) Counts(word string, take func(i int, count int64)) {
	i := 0
	j.entries('[', func() {
		i = j.plainCounts(i, take)
		if word != "" && j.Kind() == '"' {
			if text, ok := j.Bytes(); ok && string(text) != word {
				j.Fail("%q where a number or %q was expected", text, word)
			}
		} else if count, ok := j.Count(); ok {
			take(i, count)
		}
		i++
	})
}

// plainCounts reads short counts and nulls that a comma follows at once, as most
// do, and returns the place of what comes next.
func (j *JSON) plainCounts(i int, take func(i int, count int64)) int {
	const null, five = 'n' | 'u'<<8 | 'l'<<16 | 'l'<<24 | ','<<32, 1<<40 - 1
	b := &j.b
	for ; j.err == nil; i++ {
		if b.pos < b.end && b.data[b.pos] <= ' ' {
			j.peek()
		}
		if b.end-b.pos < 8 {
			break
		}
		x := load(b.data[b.pos:])
		n := Digits(x)
		switch {
		case uint(n-1) < maxDigits && b.data[b.pos+n] == ',':
			take(i, int64(Decimal(x, n)))
			b.pos += n + 1
		case x&five == null:
			b.pos += len("null,")
		default:
			return i
		}
	}
	return i
}
