package console

import (
	"io"
	"strings"
)

// guarded returns a writer for text that may hold anything: file names, server
// messages, branch names. What the CI would take for a command is broken up, so
// that only Commands can write one.
func guarded(d Dialect, w io.Writer) io.Writer {
	switch d {
	case Plain:
		return w
	case Messages:
		return messageGuard{w}
	}
	return &guard{w: w, lineStart: true}
}

// messageGuard breaks service messages, wherever they stand in a line.
type messageGuard struct{ w io.Writer }

func (g messageGuard) Write(p []byte) (int, error) {
	if _, err := io.WriteString(g.w, strings.ReplaceAll(string(p), "##teamcity[", "# #teamcity[")); err != nil {
		return 0, err
	}
	return len(p), nil
}

type guard struct {
	w         io.Writer
	lineStart bool
}

// Write breaks "##vso[" and "##[" anywhere and "::" at the start of a line,
// where a leading space is ignored by the runner and so does not protect. A
// single colon is enough, because the second may come with the next Write.
func (g *guard) Write(p []byte) (int, error) {
	text := strings.NewReplacer("##vso[", "# #vso[", "##[", "# #[").Replace(string(p))
	var b strings.Builder
	for line := range strings.SplitAfterSeq(text, "\n") {
		if g.lineStart && strings.HasPrefix(strings.TrimLeft(line, " \t\r\ufeff"), ":") {
			b.WriteString("\\")
		}
		b.WriteString(line)
		if line != "" {
			g.lineStart = strings.HasSuffix(line, "\n")
		}
	}
	if _, err := io.WriteString(g.w, b.String()); err != nil {
		return 0, err
	}
	return len(p), nil
}
