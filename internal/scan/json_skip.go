package scan

import "bytes"

// Skip steps over the next value whatever it is. Inside of it only strings and
// brackets are looked at.
func (j *JSON) Skip() {
	j.pending = false
	j.open = j.open[:0]
	b := &j.b
	for j.err == nil {
		switch c := j.peek(); c {
		case '"':
			j.quoted()
		case '{', '[':
			if j.open = append(j.open, c+2); len(j.open)+j.depth > MaxDepth {
				j.Fail("values nest deeper than %d", MaxDepth)
			}
			b.pos++
		case '}', ']':
			if n := len(j.open); n == 0 || j.open[n-1] != c {
				j.unexpected(c, "a value")
				return
			}
			j.open = j.open[:len(j.open)-1]
			b.pos++
		case ',', ':':
			if len(j.open) == 0 {
				j.unexpected(c, "a value")
				return
			}
			b.pos++
			continue
		case 't':
			j.literal("true")
		case 'f':
			j.literal("false")
		case 'n':
			j.literal("null")
		default:
			if c != '-' && c-'0' > 9 {
				j.unexpected(c, "a value")
				return
			}
			j.number()
		}
		if len(j.open) == 0 {
			return
		}
	}
}

// Keys looks into the beginning of a document for the keys of its outermost
// object, as far as head reaches: ok is false if it does not begin one. Values
// are stepped over.
func Keys(head []byte) (keys []string, ok bool) {
	j := NewJSON(bytes.NewReader(head))
	if j.Kind() != '{' {
		return nil, false
	}
	j.Object(func(key []byte) { keys = append(keys, string(key)) })
	return keys, true
}
