package gate

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Config is what a project's file holds.
type Config struct {
	Rules
	Settings
}

// Settings are what a project says once instead of by flags in every job. Empty
// ones are not said.
type Settings struct {
	Reports     []string // coverage reports: paths, globs or folders
	Ignore      []string // globs of files whose coverage is left out
	PathMap     []string // "FROM=TO", beginnings of paths to rewrite
	Root        string   // folder that the reports' relative paths begin in
	Name        string   // of the gate, where there are several
	Comment     string   // when to comment: always, on-change, on-failure or never
	Annotations *bool    // whether to mark the change
	Store       string   // where baselines are kept
	Branches    []string // globs of the branches whose runs keep one
}

// settings reads the keys beside the rules.
func (c *config) settings(s *Settings) map[string]read {
	text := func(key string, to *string) read {
		return func(n *yaml.Node) (err error) { *to, err = c.text(n, key); return err }
	}
	return map[string]read{
		"root": text("root", &s.Root),
		"name": text("name", &s.Name),
		"reports": func(n *yaml.Node) error {
			return c.texts(n, "reports", func(n *yaml.Node) error {
				t, err := c.text(n, "reports")
				s.Reports = append(s.Reports, t)
				return err
			})
		},
		"ignore": func(n *yaml.Node) error {
			return c.texts(n, "ignore", func(n *yaml.Node) error {
				g, err := c.glob(n, "ignore")
				s.Ignore = append(s.Ignore, g)
				return err
			})
		},
		"baseline-store": text("baseline-store", &s.Store),
		"baseline-branches": func(n *yaml.Node) error {
			return c.texts(n, "baseline-branches", func(n *yaml.Node) error {
				g, err := c.glob(n, "baseline-branches")
				s.Branches = append(s.Branches, g)
				return err
			})
		},
		"path-map": func(n *yaml.Node) error { return c.pathMap(n, s) },
		"comment": func(n *yaml.Node) error {
			switch n = resolve(n); n.Value {
			case "always", "on-change", "on-failure", "never":
				s.Comment = n.Value
			case "true":
				s.Comment = "always"
			case "false":
				s.Comment = "never"
			default:
				return c.errorf(n, "comment: expected one of always on-change on-failure never, found %q", n.Value)
			}
			return nil
		},
		"annotations": func(n *yaml.Node) error {
			s.Annotations = new(bool)
			if err := resolve(n).Decode(s.Annotations); err != nil || resolve(n).Value == "" {
				return c.errorf(n, "annotations: expected true or false, found %q", n.Value)
			}
			return nil
		},
	}
}

// texts hands each of a list of texts to the reader; a single one may stand alone.
func (c *config) texts(n *yaml.Node, what string, item read) error {
	if resolve(n).Kind == yaml.ScalarNode {
		return item(n)
	}
	if resolve(n).Kind != yaml.SequenceNode {
		return c.errorf(n, "%s: expected a list", what)
	}
	return c.list(n, what, item)
}

// pathMap reads either a mapping of beginnings, or a list of FROM=TO.
func (c *config) pathMap(n *yaml.Node, s *Settings) error {
	n = resolve(n)
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			from, to := n.Content[i], resolve(n.Content[i+1])
			if from.Value == "" || to.Kind != yaml.ScalarNode {
				return c.errorf(from, "path-map: expected FROM: TO, such as /app: services/api")
			}
			s.PathMap = append(s.PathMap, from.Value+"="+to.Value)
		}
		return nil
	}
	return c.texts(n, "path-map", func(n *yaml.Node) error {
		if from, _, ok := strings.Cut(resolve(n).Value, "="); !ok || from == "" {
			return c.errorf(n, "path-map: expected FROM=TO, such as /app=services/api, found %q", n.Value)
		}
		s.PathMap = append(s.PathMap, resolve(n).Value)
		return nil
	})
}
