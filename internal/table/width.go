package table

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// What stands around the number of a colour.
const (
	PaintStart = "\x1b["
	PaintEnd   = "m"
)

// Columns returns how many columns of a terminal text takes, paint aside: two for a
// wide character, as of Chinese or an emoji, none for an accent of its own.
func Columns(s string) int {
	n := 0
	for s != "" {
		before, rest, painted := strings.Cut(s, PaintStart)
		for _, r := range before {
			n += runeColumns(r)
		}
		if painted {
			_, rest, _ = strings.Cut(rest, PaintEnd)
		}
		s = rest
	}
	return n
}

func runeColumns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}
