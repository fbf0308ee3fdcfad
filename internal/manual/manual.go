// Package manual says what the command line's grammar amounts to: the manual
// page, the completion scripts, and the variable of every flag.
package manual

import (
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// node is one command as manual page and completions need it.
type node struct {
	path     []string // from below the program's name; empty for the program itself
	help     string
	detail   string // what the command says of itself beyond its one line
	summary  string // "gatewright gate [flags]"
	children []*kong.Node
	flags    []*kong.Flag // its own and those of all above
	own      []*kong.Flag
	args     []*kong.Positional
}

// nodesOf lists the program and all its visible commands, parents first.
func nodesOf(app *kong.Application) []node {
	var list []node
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		if n.Hidden {
			return
		}
		m := node{path: Path(n), help: n.Help, detail: n.Detail, summary: strings.TrimSpace(app.Name + " " + n.Summary()), args: n.Positional, own: visible(n.Flags)}
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
	return slices.DeleteFunc(slices.Clone(flags), func(f *kong.Flag) bool { return f.Hidden })
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
	return slices.DeleteFunc(v.EnumSlice(), func(s string) bool { return s == "" }) // which stands for leaving it out
}

// firstLine is a help text as a menu shows it.
func firstLine(help string) string {
	line, _, _ := strings.Cut(help, "\n")
	if end := strings.Index(line, ". "); end > 0 {
		line = line[:end]
	}
	return strings.TrimSuffix(line, ".")
}

// Path returns the words of a command, without the program's name.
func Path(n *kong.Node) []string {
	var path []string
	for ; n != nil && n.Type != kong.ApplicationNode; n = n.Parent {
		path = append([]string{n.Name}, path...)
	}
	return path
}

// Variable returns the variable of a flag, "" for one that has none.
func Variable(flag string) string {
	switch flag {
	case "help", "version": // GATEWRIGHT_VERSION says which release to install
		return ""
	}
	return "GATEWRIGHT_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

// Help returns a flag's help with its variable.
func Help(v *kong.Value) string {
	name := ""
	if v.Flag != nil {
		name = Variable(v.Flag.Name)
	}
	if name == "" {
		return v.Help
	}
	return strings.TrimSuffix(v.Help, ".") + " ($" + name + ")."
}
