package manual

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Pages returns the manual as Markdown: a page for each command, by its file's
// name, and README.md with all of them.
func Pages(app *kong.Application) map[string]string {
	pages := map[string]string{}
	var index strings.Builder
	nodes := nodesOf(app)
	index.WriteString("# Commands\n\nWritten from the program by `gatewright self man --markdown docs/commands`. These flags go with every command:\n\n")
	markdownFlags(&index, nodes[0].own)
	index.WriteString("\n| command | what it does |\n|---|---|\n")
	for _, n := range nodes[1:] {
		if len(n.children) > 0 && len(n.own) == 0 {
			continue // a group: its commands follow
		}
		file := strings.Join(n.path, "-") + ".md"
		fmt.Fprintf(&index, "| [%s](%s) | %s |\n", strings.Join(n.path, " "), file, cell(firstLine(n.help)))
		var b strings.Builder
		fmt.Fprintf(&b, "# gatewright %s\n\n    %s\n\n%s\n", strings.Join(n.path, " "), n.summary, strings.TrimSpace(n.help))
		if n.detail != "" {
			// What is indented by two is code, which takes four in Markdown.
			fmt.Fprintf(&b, "\n%s\n", strings.ReplaceAll(strings.TrimSpace(n.detail), "\n  ", "\n    "))
		}
		if len(n.own) > 0 {
			b.WriteString("\n## Flags\n\n")
			markdownFlags(&b, n.own)
		}
		b.WriteString("\n[All commands](README.md), with the flags that go with each; [exit codes](../errors.md).\n")
		pages[file] = b.String()
	}
	pages["README.md"] = index.String()
	return pages
}

func markdownFlags(b *strings.Builder, flags []*kong.Flag) {
	b.WriteString("| flag | variable | meaning |\n|---|---|---|\n")
	for _, f := range flags {
		words := "`" + strings.Join(flagWords(f), "`, `")
		if !f.IsBool() && !f.IsCounter() {
			words += " " + strings.ReplaceAll(f.FormatPlaceHolder(), "|", "\\|")
		}
		variable := ""
		if v := Variable(f.Name); v != "" {
			variable = "`" + v + "`"
		}
		fmt.Fprintf(b, "| %s` | %s | %s |\n", words, variable, cell(f.Help))
	}
}

// cell is a text in a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", "&lt;").Replace(strings.Join(strings.Fields(text), " "))
}
