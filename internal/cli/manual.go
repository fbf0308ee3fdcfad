package cli

import (
	"strings"

	"github.com/alecthomas/kong"
)

// manualNode is one command as manual page and completions want it.
type manualNode struct {
	path     []string // from below the program's name; empty for the program itself
	help     string
	summary  string // "gatewright gate [flags]"
	children []*kong.Node
	flags    []*kong.Flag // its own and those of all above
	own      []*kong.Flag
	args     []*kong.Positional
}

// manual lists the program and all its visible commands, parents first.
func manual(app *kong.Application) []manualNode {
	var list []manualNode
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		if n.Hidden {
			return
		}
		m := manualNode{path: commandPath(n), help: n.Help, summary: strings.TrimSpace(app.Name + " " + n.Summary()), args: n.Positional, own: visible(n.Flags)}
		for up := n; up != nil; up = up.Parent {
			m.flags = append(m.flags, visible(up.Flags)...)
		}
		for _, child := range n.Children {
			if !child.Hidden && child.Type == kong.CommandNode {
				m.children = append(m.children, child)
			}
		}
		list = append(list, m)
		for _, child := range m.children {
			walk(child)
		}
	}
	walk(app.Node)
	return list
}

func visible(flags []*kong.Flag) []*kong.Flag {
	var out []*kong.Flag
	for _, f := range flags {
		if !f.Hidden {
			out = append(out, f)
		}
	}
	return out
}

// flagWords are the spellings of a flag: --name, --no-name where it has one, -n.
func flagWords(f *kong.Flag) []string {
	words := []string{"--" + f.Name}
	if f.Tag != nil && f.Tag.Negatable == "_" {
		words = append(words, "--no-"+f.Name)
	}
	if f.Short != 0 {
		words = append(words, "-"+string(f.Short))
	}
	return words
}

// choices are the values a flag or argument is limited to, if it is.
func choices(v *kong.Value) []string {
	if v.Enum == "" {
		return nil
	}
	return v.EnumSlice()
}

// firstLine is a help text as a menu shows it.
func firstLine(help string) string {
	line, _, _ := strings.Cut(help, "\n")
	if end := strings.Index(line, ". "); end > 0 {
		line = line[:end]
	}
	return strings.TrimSuffix(line, ".")
}
