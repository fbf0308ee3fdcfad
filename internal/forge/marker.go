package forge

import "strings"

// HiddenMarker is the line that distinguishes our comment from others: an HTML comment,
// which Markdown does not show.
func HiddenMarker(marker string) string {
	return "<!-- " + strings.ReplaceAll(marker, "--", "") + " -->"
}

// Marked puts the marker in front of a comment.
func Marked(marker, body string) string { return HiddenMarker(marker) + "\n" + body }

// HasMarker reports whether a comment is the one with the marker.
func HasMarker(marker, body string) bool {
	return strings.HasPrefix(strings.TrimSpace(body), HiddenMarker(marker))
}

// Shorten cuts a text to at most n characters, marking the cut.
func Shorten(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return string(runes[:n-1]) + "…"
}
