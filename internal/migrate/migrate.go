// Package migrate turns the configuration of other tools into .gatewright.yml,
// and says what of it has no counterpart. It reads no file and asks nobody.
package migrate

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/gate"
)

// Result is a configuration that was turned into ours.
type Result struct {
	Config []byte   // the text of .gatewright.yml, which gate.ParseConfig takes
	Left   []string // what has no counterpart, or another one than a key; one sentence each
}

// Files are the names of configurations that are known, each tool's usual one
// first.
func Files() []string {
	return []string{"codecov.yml", ".codecov.yml", "codecov.yaml", ".codecov.yaml", ".octocov.yml", "sonar-project.properties", ".codacy.yml", ".codacy.yaml"}
}

// Convert turns the text of a configuration into ours. Its name says whose it is.
func Convert(name string, text []byte) (Result, error) {
	d := &draft{from: path.Base(name)}
	var err error
	switch d.from {
	case "codecov.yml", ".codecov.yml", "codecov.yaml", ".codecov.yaml":
		err = readYAML(name, text, d.codecov)
	case ".octocov.yml":
		err = readYAML(name, text, d.octocov)
	case ".codacy.yml", ".codacy.yaml":
		err = readYAML(name, text, d.codacy)
	case "sonar-project.properties":
		d.sonar(properties(text))
	default:
		return Result{}, fault.WithHint(fault.Errorf(fault.Input, "%s: the configuration of which tool is this?", name), "known names: %s", strings.Join(Files(), ", "))
	}
	if err != nil {
		return Result{}, err
	}
	return d.result()
}

func readYAML(name string, text []byte, take func(tree)) error {
	var t tree
	if err := yaml.Unmarshal(text, &t); err != nil {
		return fault.Errorf(fault.Input, "%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	take(t)
	return nil
}

// draft is our configuration while it is made.
type draft struct {
	from       string
	reports    []string
	ignore     []string
	pathMap    map[string]string
	comment    string
	noMarks    bool
	rules      map[string]any
	components []map[string]any
	left       []string
}

func (d *draft) leave(format string, args ...any) {
	if text := fmt.Sprintf(format, args...); !slices.Contains(d.left, text) {
		d.left = append(d.left, text)
	}
}

func (d *draft) rule(name string, value any) {
	if d.rules == nil {
		d.rules = map[string]any{}
	}
	d.rules[name] = value
}

// glob adds a glob to ignore, if it is one of ours.
func (d *draft) glob(text string) { d.ignore = append(d.ignore, d.globs(text, text)...) }

// globs returns ours for a glob; where there is none it says so of text, what was
// written.
func (d *draft) globs(g, text string) []string {
	g = strings.TrimPrefix(strings.TrimPrefix(g, "./"), "/")
	if strings.HasSuffix(g, "/") {
		g += "**"
	}
	switch {
	case strings.HasPrefix(g, "!"):
		d.leave("%q: nothing is taken back: write globs that do not match it", text)
	case g == "" || strings.ContainsAny(g, `^$\()|+`):
		d.leave("%q is a regular expression: write it as a glob under ignore", text)
	default:
		return crossing(g)
	}
	return nil
}

// crossing returns the globs for one in which two stars cross folders wherever they
// stand, as "**.md" does at Codecov and Codacy. Ours have them as a name alone.
func crossing(g string) []string {
	names := strings.Split(g, "/")
	for i, name := range names {
		before, behind, ok := strings.Cut(name, "**")
		if !ok || name == "**" {
			continue
		}
		with := func(name ...string) []string {
			return crossing(path.Join(slices.Concat(names[:i], name, names[i+1:])...))
		}
		switch {
		case before == "":
			return with("**", "*"+behind)
		case behind == "":
			return with(before+"*", "**")
		}
		return append(with(before+"*"+behind), with(before+"*", "**", "*"+behind)...)
	}
	return []string{g}
}

// flow is a value in JSON, which YAML takes too.
func flow(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // texts, numbers, lists and mappings of them always marshal
	return strings.TrimSpace(b.String())
}

// result writes the draft and checks that it is read again.
func (d *draft) result() (Result, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Made from %s by gatewright init. docs/configuration.md describes every key.\n", d.from)
	list := func(key string, items []string) {
		if len(items) > 0 {
			fmt.Fprintf(&b, "%s:\n", key)
		}
		for _, item := range items {
			fmt.Fprintf(&b, "  - %s\n", flow(item))
		}
	}
	list("reports", d.reports)
	list("ignore", d.ignore)
	if len(d.pathMap) > 0 {
		b.WriteString("path-map:\n")
	}
	for _, from := range slices.Sorted(maps.Keys(d.pathMap)) {
		fmt.Fprintf(&b, "  %s: %s\n", flow(from), flow(d.pathMap[from]))
	}
	if d.comment != "" {
		fmt.Fprintf(&b, "comment: %s\n", d.comment)
	}
	if d.noMarks {
		b.WriteString("annotations: false\n")
	}
	if len(d.rules) > 0 {
		b.WriteString("rules:\n")
	}
	for _, name := range slices.Sorted(maps.Keys(d.rules)) {
		fmt.Fprintf(&b, "  %s: %s\n", name, flow(d.rules[name]))
	}
	if len(d.components) > 0 {
		b.WriteString("components:\n")
	}
	for _, c := range d.components {
		fmt.Fprintf(&b, "  - %s\n", flow(c))
	}
	// A configuration that the next run refuses must not be written.
	if _, err := gate.ParseConfig(gate.ConfigFile, b.Bytes()); err != nil {
		return Result{}, fault.Errorf(fault.Input, "%s would become a configuration that is refused: %w", d.from, err)
	}
	return Result{b.Bytes(), d.left}, nil
}
