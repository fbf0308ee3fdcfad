package gate

import (
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Config is what a project's file holds.
type Config struct {
	Rules
	Settings
}

// Settings are what a project says once instead of by flags in every job. Empty
// ones are not said, and a flag counts before any. None of them names an address
// or a token: a pull request may change the file, and must not be able to say
// where credentials go.
type Settings struct {
	Reports     []string // coverage reports: paths, globs or folders
	Ignore      []string // globs of files whose coverage is left out
	PathMap     []PathMap
	Root        string   // folder that the reports' relative paths begin in
	Name        string   // of the gate, where there are several
	Comment     string   // when to comment: always, on-change, on-failure or never
	Annotations *bool    // whether to mark the change
	Store       string   // where baselines are kept
	Branches    []string // globs of the branches whose runs keep one
}

// PathMap rewrites the beginning of a report's paths.
type PathMap struct{ From, To string }

// settings reads the keys beside the rules.
func (c *config) settings(s *Settings) map[string]read {
	return map[string]read{
		"root":              c.textTo(&s.Root, "root"),
		"name":              c.textTo(&s.Name, "name"),
		"reports":           c.texts(&s.Reports, "reports", c.text),
		"ignore":            c.texts(&s.Ignore, "ignore", c.paths),
		"baseline-store":    c.textTo(&s.Store, "baseline-store"),
		"baseline-branches": c.texts(&s.Branches, "baseline-branches", c.branches),
		"path-map":          func(n *yaml.Node) error { return c.pathMap(n, s) },
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

// pathMap reads either a mapping of beginnings, or a list of FROM=TO as the flag
// has it. Its order is kept: the first beginning that fits counts.
func (c *config) pathMap(n *yaml.Node, s *Settings) error {
	n = resolve(n)
	if n.Kind == yaml.MappingNode {
		for from, to := range pairs(n) {
			to = resolve(to)
			if from.Value == "" || to.Kind != yaml.ScalarNode {
				return c.errorf(from, "path-map: expected FROM: TO, such as /app: services/api")
			}
			s.PathMap = append(s.PathMap, PathMap{from.Value, to.Value})
		}
		return nil
	}
	var list []string
	return c.texts(&list, "path-map", func(n *yaml.Node, what string) (string, error) {
		m, err := ParsePathMap(resolve(n).Value)
		if err != nil {
			return "", c.errorf(n, "%s: %v, found %q", what, err, n.Value)
		}
		s.PathMap = append(s.PathMap, m)
		return "", nil
	})(n)
}

// ParsePathMap reads FROM=TO. Of several equals signs those of the paths have a
// backslash before them; a single one needs none, since FROM may end in a backslash.
func ParsePathMap(text string) (PathMap, error) {
	const expected = "expected FROM=TO, such as /app=services/api"
	several := strings.Count(text, "=") > 1
	at := -1
	for i := range len(text) {
		switch {
		case text[i] != '=' || several && i > 0 && text[i-1] == '\\':
		case at >= 0:
			return PathMap{}, errors.New(expected + `; an equals sign of a path has a backslash before it, such as /a\=b=src`)
		default:
			at = i
		}
	}
	if at < 1 {
		return PathMap{}, errors.New(expected)
	}
	m := PathMap{text[:at], text[at+1:]}
	if several {
		m.From, m.To = strings.ReplaceAll(m.From, `\=`, "="), strings.ReplaceAll(m.To, `\=`, "=")
	}
	return m, nil
}
