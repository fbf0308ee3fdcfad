package summary

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest outside text that is shown, in characters.
const (
	maxPath    = 160
	maxMessage = 400
)

// Plain makes outside text safe for one line of a terminal or a log: control,
// format and other unprintable characters (line breaks, ANSI escapes, marks
// that turn the writing direction) are shown as Go escapes, and more than max
// characters are cut out of the middle. max < 1 leaves the length alone.
func Plain(text string, max int) string {
	if isPlain(text) {
		return shorten(text, max)
	}
	var b strings.Builder
	for i, r := range text {
		if max > 0 && b.Len() > 8*max {
			// Enough for the start; the end is cleaned on its own.
			return shorten(b.String()+Plain(tail(text[i:], max), 0), max)
		}
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case unicode.IsPrint(r):
			b.WriteRune(r)
		default:
			quoted := fmt.Sprintf("%+q", r) // '\n', '\x1b', '\u202e'
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return shorten(b.String(), max)
}

func isPlain(text string) bool {
	for i := 0; i < len(text); i++ {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
}

// tail is at most the last 4*max bytes of text, from a character's start.
func tail(text string, max int) string {
	if len(text) <= 4*max {
		return text
	}
	text = text[len(text)-4*max:]
	for len(text) > 0 && !utf8.RuneStart(text[0]) {
		text = text[1:]
	}
	return text
}

// shorten cuts the middle out of a text of more than max characters.
func shorten(text string, max int) string {
	if max < 1 || len(text) <= max || utf8.RuneCountInString(text) <= max {
		return text
	}
	runes := []rune(text)
	head := (max - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(max-1-head):])
}

// mdText makes outside text inert in Markdown, in a table cell as well: every
// character that means something where it stands becomes an entity, and what
// forges find in the rendered text afterwards (mentions, issue numbers,
// addresses) is broken by a zero-width space. Outside text is never put at the
// start of a line.
func mdText(text string, max int) string {
	var b strings.Builder
	runes := []rune(Plain(text, max))
	at := func(i int) rune {
		if i < 0 || i >= len(runes) {
			return ' '
		}
		return runes[i]
	}
	for i, r := range runes {
		prev, next := at(i-1), at(i+1)
		switch {
		case r == '.' && (prev == 'w' || prev == 'W'): // www.
			b.WriteString("\u200b.")
		case r > '~' || isWord(r) || strings.ContainsRune(" .,/?", r):
			b.WriteRune(r)
		case (r == ':' || r == '%') && next == ' ' && prev != ':', r == '-' && isWord(prev) && isWord(next):
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
			if strings.ContainsRune("@#:!~$%&", r) {
				b.WriteRune('\u200b')
			}
		}
	}
	return b.String()
}

func isWord(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

// mdCode shows outside text as code where that is safe, and as inert text
// where it holds a backtick or a table's bar.
func mdCode(text string, max int) string {
	text = Plain(text, max)
	if strings.ContainsAny(text, "`|") || strings.TrimSpace(text) == "" {
		return mdText(text, 0)
	}
	return "`" + text + "`"
}

// mdLink links already escaped text to an address of ours or a service's. An
// address that is not plain http or https is left out.
// Inlined, it would be there once for each place that calls it.
//
//go:noinline
func mdLink(escaped, url string) string {
	url = safeURL(url)
	if url == "" {
		return escaped
	}
	return "[" + escaped + "](" + url + ")"
}

// safeURL returns the address with everything escaped that could end it early in
// Markdown or HTML, or "" if it is not http or https.
func safeURL(url string) string {
	if !strings.HasPrefix(url, "https://") && !strings.HasPrefix(url, "http://") {
		return ""
	}
	return percentEncode(url, func(c byte) bool { return c > ' ' && c <= '~' && strings.IndexByte("()<>[]\"'`\\|{}^*", c) < 0 })
}

// fileURL is the address of a file below base, at a line if it is not 0: each
// byte that is not unreserved is escaped. Without a base it is "".
func fileURL(base, path string, line int) string {
	if base == "" || path == "" {
		return ""
	}
	url := base + percentEncode(path, func(c byte) bool { return isWord(rune(c)) || strings.IndexByte("/.-_~", c) >= 0 })
	if line > 0 {
		url += fmt.Sprintf("#L%d", line) // as GitHub, GitLab and Gitea have it; elsewhere it does no harm
	}
	return url
}

// percentEncode escapes the bytes of a text that are not safe in its place.
func percentEncode(text string, safe func(c byte) bool) string {
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		if safe(text[i]) {
			b.WriteByte(text[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", text[i])
		}
	}
	return b.String()
}
