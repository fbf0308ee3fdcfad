package manual

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Man returns the program's manual as man(7) source.
func Man(app *kong.Application, version string) string {
	var b strings.Builder
	nodes := nodesOf(app)
	fmt.Fprintf(&b, ".TH GATEWRIGHT 1 \"\" \"gatewright %s\" \"User Commands\"\n", roff(version))
	title, rest, _ := strings.Cut(app.Help, "\n")
	fmt.Fprintf(&b, ".SH NAME\ngatewright \\- %s\n", roff(strings.TrimSuffix(title, ".")))
	b.WriteString(".SH SYNOPSIS\n.B gatewright\n.I command\n[flags]\n.SH DESCRIPTION\n")
	roffParagraphs(&b, strings.TrimSpace(rest))
	b.WriteString(".SH OPTIONS\nThese go with every command.\n")
	roffFlags(&b, nodes[0].own)
	b.WriteString(".SH COMMANDS\n")
	for _, n := range nodes[1:] {
		if len(n.children) > 0 && len(n.own) == 0 {
			continue // a group: its commands follow, each with its full name
		}
		fmt.Fprintf(&b, ".SS %s\n", roff(n.summary))
		roffParagraphs(&b, n.help)
		roffFlags(&b, n.own)
	}
	return b.String()
}

func roffFlags(b *strings.Builder, flags []*kong.Flag) {
	for _, f := range flags {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR", roff(strings.Join(flagWords(f), ", ")))
		if !f.IsBool() && !f.IsCounter() {
			fmt.Fprintf(b, " \\fI%s\\fR", roff(f.FormatPlaceHolder()))
		}
		b.WriteByte('\n')
		fmt.Fprintf(b, "%s\n", roff(strings.TrimSpace(Help(f.Value))))
	}
}

func roffParagraphs(b *strings.Builder, text string) {
	for i, p := range strings.Split(text, "\n\n") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		if i > 0 {
			b.WriteString(".PP\n")
		}
		fmt.Fprintf(b, "%s\n", roff(strings.Join(strings.Fields(p), " ")))
	}
}

// roff makes text safe for man(7): backslashes, hyphens that are to be
// copied, and lines that would start a request.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(text)
	if strings.HasPrefix(text, ".") {
		text = `\&` + text
	}
	return text
}
