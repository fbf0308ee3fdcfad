package console

import (
	"io"
	"strings"
	"unicode/utf8"
)

// guarded returns a writer for text that may hold anything: file names, server
// messages, branch names. What the CI would take for a command is broken up, so
// that only Commands can write one.
func guarded(d Dialect, w io.Writer) io.Writer {
	if d == Plain {
		return w
	}
	return &guard{w: w, colons: d != Messages, lineStart: true}
}

// Inert returns text without what Azure takes for a command wherever it stands in a
// line, our own commands' lines as well.
func Inert(text string) string {
	for strings.Contains(text, "##") { // of three, two are left
		text = strings.ReplaceAll(text, "##", "# #")
	}
	return text
}

type guard struct {
	w         io.Writer
	colons    bool   // a line that begins with them is a command
	lineStart bool   // nothing but what may be blanks came since the line's beginning
	hash      bool   // the last byte was a #
	open      bool   // ## came, and since then
	word      []byte // this, as far as it may be a command's
}

// Write puts a blank into "##vso[", "##[" and "##teamcity[", anywhere, and a
// backslash before "::" at the start of a line. It goes by what came in other
// Writes too: a buffer that is full is cut anywhere, and whoever chose a file's
// name may have chosen where.
func (g *guard) Write(p []byte) (int, error) {
	out := make([]byte, 0, len(p)+16)
	for _, c := range p {
		switch {
		case c == '[' && g.open && (len(g.word) == 0 || string(g.word) == "vso" || string(g.word) == "teamcity"):
			out = append(out, ' ')
		case c == ':' && g.lineStart && g.colons:
			out = append(out, '\\')
		}
		out = append(out, c)
		switch {
		case c == '#' && g.hash:
			g.open, g.word = true, g.word[:0]
		case g.open && len(g.word) < len("teamcity"):
			g.word = append(g.word, c)
		default:
			g.open = false
		}
		g.hash = c == '#'
		// The runner passes over all of Unicode's blanks. Bytes of other letters may be taken
		// for theirs: a line that is broken up without need does no harm.
		g.lineStart = c == '\n' || c == '\r' || g.lineStart && (c <= ' ' || c >= utf8.RuneSelf)
	}
	if _, err := g.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
