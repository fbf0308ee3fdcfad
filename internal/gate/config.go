package gate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/input"
)

// ConfigFile is where a project keeps its rules and settings, in its root. It is
// part of the commit, so that a change of the rules is reviewed as code is.
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
	// A second document would be rules that nobody judges by.
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

// version accepts the one version there is. The key need not be there; it is for
// a program that comes to read a form which this one does not know.
func (c *config) version(n *yaml.Node) error {
	if n = resolve(n); n.Value != "1" {
		return c.errorf(n, "version %q; this program reads version 1", n.Value)
	}
	return nil
}

// rules reads the key rules. Its parts may come in any order: each reader writes
// to its own field.
func (c *config) rules(r *Rules) map[string]read {
	keys := map[string]read{
		"partials": word(c, &r.Partials, "partials", Hit, Miss),
		"flaky":    word(c, &r.Flaky, "flaky", Counted, Ignore),
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
			keys := map[string]read{}
			c.slots(keys, "tests ", r.Tests.slots())
			return c.mapping(n, "tests", keys)
		},
		"services": func(n *yaml.Node) error { return c.services(n, r) },
	}
	c.slots(keys, "", r.slots())
	return keys
}

// slots adds a reader for each threshold. prefix goes before its name in errors.
func (c *config) slots(keys map[string]read, prefix string, slots []slot) {
	for _, s := range slots {
		keys[s.name] = func(n *yaml.Node) error {
			t, err := c.threshold(n, prefix+s.name, s.of, nil)
			*s.to = &t
			return err
		}
	}
}

// threshold reads a number, or a mapping with the number, a level, what missing
// data does, and the further keys. what stands for it in errors.
func (c *config) threshold(n *yaml.Node, what string, of measure, more map[string]read) (t Threshold, err error) {
	number := func(n *yaml.Node) error {
		n = resolve(n)
		t.Value, err = parseNumber(n.Value)
		if n.Kind == yaml.ScalarNode && err == nil && t.Value <= of.max {
			return nil
		}
		upTo := fmt.Sprintf("to %v", of.max)
		if of.max >= unbounded {
			upTo = "up"
		}
		return c.errorf(n, "%s: expected a number from 0 %s, found %q", what, upTo, n.Value)
	}
	if resolve(n).Kind == yaml.ScalarNode && more == nil {
		return t, number(n)
	}
	found := false
	keys := map[string]read{
		of.key:    func(n *yaml.Node) error { found = true; return number(n) },
		"level":   word(c, &t.Level, what+" level", Fail, Warn),
		"missing": word(c, &t.Missing, what+" missing", Fail, Warn, Pass),
	}
	maps.Copy(keys, more)
	if err := c.mapping(n, what, keys); err != nil {
		return t, err
	}
	if !found {
		return t, c.errorf(resolve(n), "%s: no %q", what, of.key)
	}
	return t, nil
}

// glob reads a glob as take returns it. One that it refuses is refused with the line.
func (c *config) glob(n *yaml.Node, what string, take func(string) (string, error)) (string, error) {
	g, err := c.text(n, what)
	if err == nil {
		if g, err = take(g); err != nil {
			err = c.errorf(n, "%s: %v", what, err)
		}
	}
	return g, err
}

// paths reads a glob of the repository's paths.
func (c *config) paths(n *yaml.Node, what string) (string, error) { return c.glob(n, what, Glob) }

// branches reads a glob of branches.
func (c *config) branches(n *yaml.Node, what string) (string, error) {
	return c.glob(n, what, func(g string) (string, error) { return g, input.CheckGlob(g) })
}

func (c *config) path(n *yaml.Node, r *Rules) error {
	var p PathRule
	t, err := c.threshold(n, "paths", leastShare, map[string]read{
		"path": func(n *yaml.Node) (err error) { p.Path, err = c.paths(n, "path"); return err },
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

// findings reads the rules over new findings, or over all. Each severity is read
// in the order in which the file has them, which is that of the conditions.
func (c *config) findings(n *yaml.Node, old bool, r *Rules) error {
	keys := map[string]read{}
	add := func(name string) {
		keys[name] = func(n *yaml.Node) (err error) {
			f, _ := ParseSeverity(name)
			f.Old = old
			f.Threshold, err = c.threshold(n, "findings "+name, mostThings, nil)
			r.Findings = append(r.Findings, f)
			return err
		}
	}
	for _, s := range Severities() {
		add(s)
		add(s + "!")
	}
	add(anySeverity)
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
		for key, value := range pairs(n) {
			s := ServiceRule{Service: key.Value}
			if err := c.serviceRule(value, &s); err != nil {
				return err
			}
			r.Services = append(r.Services, s)
		}
		return nil
	default:
		return c.errorf(n, "services: expected a list of names, or names with a level")
	}
}

func (c *config) serviceRule(n *yaml.Node, s *ServiceRule) error {
	if resolve(n).Kind == yaml.ScalarNode {
		return word(c, &s.Level, s.Service, Fail, Warn, Ignore)(n)
	}
	return c.mapping(n, s.Service, map[string]read{
		"level":   word(c, &s.Level, "level", Fail, Warn, Ignore),
		"missing": word(c, &s.Missing, "missing", Fail, Warn, Pass),
	})
}

// component reads a part of a monorepo. Two of one name would write over each
// other in the baseline, which keeps them by it.
func (c *config) component(n *yaml.Node, r *Rules) error {
	var k Component
	keys := map[string]read{
		"name":  c.textTo(&k.Name, "name"),
		"paths": c.texts(&k.Paths, "paths", c.paths),
	}
	c.slots(keys, "", k.slots())
	err := c.mapping(n, "components", keys)
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
