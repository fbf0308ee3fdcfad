package gate

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

// read takes the value of a key.
type read func(*yaml.Node) error

type config struct{ name string }

func (c *config) errorf(n *yaml.Node, format string, args ...any) error {
	return fault.Errorf(fault.Input, "%s:%d: "+format, append([]any{c.name, n.Line}, args...)...)
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// mapping hands each value to the reader of its key.
func (c *config) mapping(n *yaml.Node, what string, keys map[string]read) error {
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return c.errorf(n, "%s: expected keys and values: %s", orElse(what, "the file"), known(keys))
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		take := keys[key.Value]
		switch {
		case take == nil && what == "":
			return c.errorf(key, "unknown key %q; known: %s", key.Value, known(keys))
		case take == nil:
			return c.errorf(key, "unknown key %q in %s; known: %s", key.Value, what, known(keys))
		case seen[key.Value]:
			return c.errorf(key, "key %q again", key.Value)
		}
		seen[key.Value] = true
		if err := take(value); err != nil {
			return err
		}
	}
	return nil
}

func known(keys map[string]read) string {
	names := make([]string, 0, len(keys))
	for k := range keys {
		if !strings.HasSuffix(k, "!") {
			names = append(names, k)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// list hands each item of a list to the reader; a single item may stand alone.
func (c *config) list(n *yaml.Node, what string, item read) error {
	n = resolve(n)
	switch n.Kind {
	case yaml.SequenceNode:
		for _, i := range n.Content {
			if err := item(i); err != nil {
				return err
			}
		}
		return nil
	case yaml.MappingNode:
		return item(n)
	default:
		return c.errorf(n, "%s: expected a list", what)
	}
}

func (c *config) text(n *yaml.Node, what string) (string, error) {
	n = resolve(n)
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		return "", c.errorf(n, "%s: expected a text", what)
	}
	return n.Value, nil
}
