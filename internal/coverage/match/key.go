package match

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// key is what paths are compared by if neither case nor the way that accents
// are written shall matter. That of an ASCII path is the path itself, whose
// case the comparing functions ignore. So is that of a path that is no UTF-8: the
// bytes of another encoding are not to be told alike.
func key(p string) string {
	if ascii(p) || !utf8.ValidString(p) {
		return p
	}
	return strings.ToLower(norm.NFC.String(p))
}

// ascii reports whether a path has nothing beyond ASCII, as nearly all have.
func ascii(p string) bool {
	for i := range len(p) {
		if p[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// lower is a byte without regard to case. Bytes beyond ASCII are left alone: key has
// folded those.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// base is path.Base without its special cases.
func base(p string) string { return p[strings.LastIndexByte(p, '/')+1:] }

// backwards orders keys by their components from the last to the first, without
// regard to case.
// So all files that end alike stand side by side, those with the most in common
// nearest to each other: a search finds them where a million files are called
// index.js.
func backwards(a, b string) int {
	i, j := len(a), len(b)
	for i > 0 && j > 0 {
		x, y := lower(a[i-1]), lower(b[j-1])
		if x != y {
			// The separator sorts first, so that components compare whole.
			if x == '/' {
				return -1
			}
			if y == '/' {
				return 1
			}
			return int(x) - int(y)
		}
		i--
		j--
	}
	return i - j
}

// commonTail is the number of whole components that two keys end in alike,
// without regard to case.
func commonTail(a, b string) int {
	n := 0
	i, j := len(a), len(b)
	for i > 0 && j > 0 && lower(a[i-1]) == lower(b[j-1]) {
		i--
		j--
		if a[i] == '/' {
			n++
		}
	}
	// Each separator in the run begins a whole component. What stands before
	// the first is whole if both paths begin it here.
	if i < len(a) && a[i] != '/' && (i == 0 || a[i-1] == '/') && (j == 0 || b[j-1] == '/') {
		n++
	}
	return n
}
