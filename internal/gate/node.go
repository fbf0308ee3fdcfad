package gate

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

// read takes the value of a key.
type read func(*yaml.Node) error

// config is a file while it is read. It goes over YAML's nodes by hand, since the
// library's own decoder into structs skips unknown keys or names them without
// saying which there are, and knows no line of a value that is out of range.
type config struct{ name string }

// errorf is an error with the file and the line.
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

// mapping hands each value to the reader of its key. An unknown key is refused and
// not skipped: a rule with a slip in its name would never be judged. So is a key
// that is there twice, of which one would be lost. No value at all is an empty
// mapping, as people leave it when they comment out what was below.
func (c *config) mapping(n *yaml.Node, what string, keys map[string]read) error {
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.Tag == "!!null" {
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return c.errorf(n, "%s: expected keys and values: %s", cmp.Or(what, "the file"), known(keys))
	}
	seen := map[string]bool{}
	for key, value := range pairs(n) {
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

// pairs are the keys of a mapping and their values, which stand in one list.
func pairs(n *yaml.Node) iter.Seq2[*yaml.Node, *yaml.Node] {
	return func(yield func(key, value *yaml.Node) bool) {
		for p := range slices.Chunk(n.Content, 2) {
			if !yield(p[0], p[1]) {
				return
			}
		}
	}
}

// known are the keys that a message names; "high!" goes without saying.
func known(keys map[string]read) string {
	names := slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(k string) bool { return strings.HasSuffix(k, "!") })
	return strings.Join(names, ", ")
}

// list hands each item of a list of mappings to the reader; a single one may
// stand alone.
func (c *config) list(n *yaml.Node, what string, item read) error {
	return c.items(n, what, yaml.MappingNode, item)
}

// items hands each item of a list to the reader. A single one of the kind may
// stand alone: YAML's users forget the dash.
func (c *config) items(n *yaml.Node, what string, alone yaml.Kind, item read) error {
	n = resolve(n)
	switch n.Kind {
	case yaml.SequenceNode:
		for _, i := range n.Content {
			if err := item(i); err != nil {
				return err
			}
		}
		return nil
	case alone:
		return item(n)
	default:
		return c.errorf(n, "%s: expected a list", what)
	}
}

// texts reads a list of texts, or a single one.
func (c *config) texts(to *[]string, what string, text func(n *yaml.Node, what string) (string, error)) read {
	return func(n *yaml.Node) error {
		return c.items(n, what, yaml.ScalarNode, func(n *yaml.Node) error {
			t, err := text(n, what)
			*to = append(*to, t)
			return err
		})
	}
}

// word reads one of several words.
func word[T ~string](c *config, to *T, what string, words ...T) read {
	return func(n *yaml.Node) error {
		n = resolve(n)
		if w := T(n.Value); n.Kind == yaml.ScalarNode && slices.Contains(words, w) {
			*to = w
			return nil
		}
		return c.errorf(n, "%s: expected one of %s, found %q", what, strings.Trim(fmt.Sprint(words), "[]"), n.Value)
	}
}

func (c *config) text(n *yaml.Node, what string) (string, error) {
	n = resolve(n)
	if n.Kind != yaml.ScalarNode || n.Value == "" {
		return "", c.errorf(n, "%s: expected a text", what)
	}
	return n.Value, nil
}

func (c *config) textTo(to *string, what string) read {
	return func(n *yaml.Node) (err error) { *to, err = c.text(n, what); return err }
}
