package scan

import (
	"bytes"
	"io"
	"strings"
)

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

// Has reports whether the beginning of a document has a value at one of the paths
// such as "files/*/executed_lines", as far as head reaches. Of a path, * stands
// for any key, # for one of digits, [] for any element of an array. The order of
// keys is of no account.
func Has(head []byte, paths ...string) (found bool) {
	if start := bytes.TrimLeft(head, " \t\r\n"); len(start) == 0 || start[0] != '{' && start[0] != '[' {
		return false
	}
	for _, path := range paths {
		j := &JSON{b: buffer{data: head, end: len(head), err: io.EOF}, pending: true}
		j.look(path, func() { found = true; j.Fail("found") }) // an error is what ends the reading
		if found {
			break
		}
	}
	return found
}

// look calls see for every value at a path.
func (j *JSON) look(path string, see func()) {
	step, rest, more := strings.Cut(path, "/")
	deeper := func() {
		if more {
			j.look(rest, see)
		} else if j.err == nil && j.Kind() != 0 {
			see()
		}
	}
	switch kind := j.Kind(); {
	case kind == '[' && step == "[]":
		j.Array(deeper)
	case kind == '{' && step != "[]":
		j.Object(func(key []byte) {
			if string(key) == step || step == "*" || step == "#" && countDigits(key) == len(key) && len(key) > 0 {
				deeper()
			}
		})
	}
}
