package gate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
)

// ConfigFile is where a project keeps its rules and settings, in its root.
const ConfigFile = ".gatewright.yml"

// ParseConfig reads a project's rules and settings. An unknown or repeated key, a wrong
// type and a number out of range are refused with the line. The name stands
// for the file in errors; docs/gatewright.schema.json describes the form.
func ParseConfig(name string, data []byte) (Config, error) {
	c := &config{name: name}
	var doc yaml.Node
	dec := yaml.NewDecoder(bytes.NewReader(data))
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return Config{}, nil
	case err != nil:
		return Config{}, fault.Errorf(fault.Input, "%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	if err := dec.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Config{}, fault.Errorf(fault.Input, "%s: more than one YAML document", name)
	}
	var r Config
	keys := c.settings(&r.Settings)
	keys["version"] = c.version
	keys["rules"] = func(n *yaml.Node) error { return c.mapping(n, "rules", c.rules(&r.Rules)) }
	keys["components"] = func(n *yaml.Node) error {
		return c.list(n, "components", func(n *yaml.Node) error { return c.component(n, &r.Rules) })
	}
	return r, c.mapping(doc.Content[0], "", keys)
}

func (c *config) version(n *yaml.Node) error {
	if n = resolve(n); n.Value != "1" {
		return c.errorf(n, "version %q; this program reads version 1", n.Value)
	}
	return nil
}

func (c *config) rules(r *Rules) map[string]read {
	threshold := func(what, key string, max float64, to **Threshold) read {
		return func(n *yaml.Node) error {
			t, err := c.threshold(n, limit{what, key, max}, nil)
			*to = &t
			return err
		}
	}
	return map[string]read{
		"total":      threshold("total", "min", 100, &r.Total),
		"patch":      threshold("patch", "min", 100, &r.Patch),
		"drop":       threshold("drop", "max", 100, &r.Drop),
		"branches":   threshold("branches", "min", 100, &r.Branches),
		"unreported": threshold("unreported", "max", unbounded, &r.Unreported),
		"lost":       threshold("lost", "max", unbounded, &r.Lost),
		"partials": func(n *yaml.Node) error {
			l, err := c.level(n, "partials", Level(Hit), Level(Miss))
			r.Partials = Partials(l)
			return err
		},
		"flaky": func(n *yaml.Node) (err error) {
			r.Flaky, err = c.level(n, "flaky", Counted, Ignore)
			return err
		},
		"paths": func(n *yaml.Node) error {
			return c.list(n, "paths", func(n *yaml.Node) error { return c.path(n, r) })
		},
		"findings": func(n *yaml.Node) error {
			return c.mapping(n, "findings", map[string]read{
				"new": func(n *yaml.Node) error { return c.findings(n, false, r) },
				"all": func(n *yaml.Node) error { return c.findings(n, true, r) },
			})
		},
		"tests": func(n *yaml.Node) error {
			return c.mapping(n, "tests", map[string]read{
				"failed": threshold("tests failed", "max", unbounded, &r.Tests.Failed),
				"flaky":  threshold("tests flaky", "max", unbounded, &r.Tests.Flaky),
				"slower": threshold("tests slower", "max", unbounded, &r.Tests.Slower),
			})
		},
		"services": func(n *yaml.Node) error { return c.services(n, r) },
	}
}

// limit is how a threshold is written.
type limit struct {
	what string // for errors
	key  string // of the number, in a mapping
	max  float64
}

// threshold reads a number, or a mapping with the number, a level, what missing
// data does, and the further keys.
func (c *config) threshold(n *yaml.Node, l limit, more map[string]read) (Threshold, error) {
	var t Threshold
	what := l.what
	number := func(n *yaml.Node) error {
		n = resolve(n)
		v, err := parseNumber(n.Value)
		if n.Kind != yaml.ScalarNode || err != nil || v > l.max {
			if l.max >= unbounded {
				return c.errorf(n, "%s: expected a number from 0 up, found %q", what, n.Value)
			}
			return c.errorf(n, "%s: expected a number from 0 to %v, found %q", what, l.max, n.Value)
		}
		t.Value = v
		return nil
	}
	if resolve(n).Kind == yaml.ScalarNode && more == nil {
		return t, number(n)
	}
	found := false
	keys := map[string]read{
		l.key: func(n *yaml.Node) error { found = true; return number(n) },
		"level": func(n *yaml.Node) (err error) {
			t.Level, err = c.level(n, what+" level", Fail, Warn)
			return err
		},
		"missing": func(n *yaml.Node) (err error) {
			t.Missing, err = c.level(n, what+" missing", Fail, Warn, Pass)
			return err
		},
	}
	for k, v := range more {
		keys[k] = v
	}
	if err := c.mapping(n, what, keys); err != nil {
		return t, err
	}
	if !found {
		return t, c.errorf(resolve(n), "%s: no %q", what, l.key)
	}
	return t, nil
}

// unbounded stands for no upper limit.
const unbounded = 1e18

func (c *config) level(n *yaml.Node, what string, levels ...Level) (Level, error) {
	n = resolve(n)
	if l := Level(n.Value); n.Kind == yaml.ScalarNode && slices.Contains(levels, l) {
		return l, nil
	}
	return "", c.errorf(n, "%s: expected one of %s, found %q", what, strings.Trim(fmt.Sprint(levels), "[]"), n.Value)
}

func (c *config) glob(n *yaml.Node, what string) (string, error) {
	g, err := c.text(n, what)
	if err == nil && !doublestar.ValidatePattern(g) {
		err = c.errorf(n, "%s: %q is no valid glob", what, g)
	}
	return g, err
}

func (c *config) path(n *yaml.Node, r *Rules) error {
	var p PathRule
	t, err := c.threshold(n, limit{"paths", "min", 100}, map[string]read{
		"path": func(n *yaml.Node) (err error) { p.Path, err = c.glob(n, "path"); return err },
		"each": func(n *yaml.Node) error {
			if err := resolve(n).Decode(&p.Each); err != nil {
				return c.errorf(n, "each: expected true or false, found %q", n.Value)
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	if p.Path == "" {
		return c.errorf(n, "paths: no %q", "path")
	}
	p.Threshold = t
	r.Paths = append(r.Paths, p)
	return nil
}

func (c *config) findings(n *yaml.Node, old bool, r *Rules) error {
	keys := map[string]read{}
	read := func(name string) {
		keys[name] = func(n *yaml.Node) (err error) {
			f, _ := ParseSeverity(name)
			f.Old = old
			f.Threshold, err = c.threshold(n, limit{"findings " + name, "max", unbounded}, nil)
			r.Findings = append(r.Findings, f)
			return err
		}
	}
	for _, s := range Severities() {
		read(s)
		read(s + "!")
	}
	read(anySeverity)
	return c.mapping(n, "findings", keys)
}

// services reads either a list of names, all required, or a mapping of names
// to a level or to a level and what a missing verdict does.
func (c *config) services(n *yaml.Node, r *Rules) error {
	n = resolve(n)
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			name, err := c.text(item, "services")
			if err != nil {
				return err
			}
			r.Services = append(r.Services, ServiceRule{Service: name})
		}
		return nil
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			s := ServiceRule{Service: n.Content[i].Value}
			if err := c.serviceRule(n.Content[i+1], &s); err != nil {
				return err
			}
			r.Services = append(r.Services, s)
		}
		return nil
	default:
		return c.errorf(n, "services: expected a list of names, or names with a level")
	}
}

func (c *config) serviceRule(n *yaml.Node, s *ServiceRule) (err error) {
	if resolve(n).Kind == yaml.ScalarNode {
		s.Level, err = c.level(n, s.Service, Fail, Warn, Ignore)
		return err
	}
	return c.mapping(n, s.Service, map[string]read{
		"level":   func(n *yaml.Node) (err error) { s.Level, err = c.level(n, "level", Fail, Warn, Ignore); return err },
		"missing": func(n *yaml.Node) (err error) { s.Missing, err = c.level(n, "missing", Fail, Warn, Pass); return err },
	})
}

func (c *config) component(n *yaml.Node, r *Rules) error {
	var k Component
	least := func(what, key string, to **Threshold) read {
		return func(n *yaml.Node) error {
			t, err := c.threshold(n, limit{what, key, 100}, nil)
			*to = &t
			return err
		}
	}
	err := c.mapping(n, "components", map[string]read{
		"name":  func(n *yaml.Node) (err error) { k.Name, err = c.text(n, "name"); return err },
		"paths": func(n *yaml.Node) error { return c.globs(n, &k.Paths) },
		"total": least("total", "min", &k.Total),
		"patch": least("patch", "min", &k.Patch),
		"drop":  least("drop", "max", &k.Drop),
	})
	switch {
	case err != nil:
		return err
	case k.Name == "" || len(k.Paths) == 0:
		return c.errorf(n, "a component needs a name and paths")
	case slices.ContainsFunc(r.Components, func(o Component) bool { return o.Name == k.Name }):
		return c.errorf(n, "component %q again", k.Name)
	}
	r.Components = append(r.Components, k)
	return nil
}

func (c *config) globs(n *yaml.Node, to *[]string) error {
	items := []*yaml.Node{n}
	if r := resolve(n); r.Kind == yaml.SequenceNode {
		items = r.Content
	}
	for _, item := range items {
		g, err := c.glob(item, "paths")
		if err != nil {
			return err
		}
		*to = append(*to, g)
	}
	return nil
}
