package codacy

import (
	"cmp"
	"context"
	"net/url"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/fault"
	"github.com/gatewright/gatewright/internal/rest"
)

// tool is an analysis tool as Codacy knows it. Its short name is what uploads
// call it by.
type tool struct {
	UUID      string `json:"uuid"`
	Name      string `json:"name"`
	ShortName string `json:"shortName"`
	Prefix    string `json:"prefix"` // of its patterns: "ESLint_"; may be ""
}

type pattern struct {
	ID       string `json:"id" rest:"required"`
	Category string `json:"category"`
	Severity string `json:"severityLevel"` // Info, Warning, High, Error
}

// catalogue is Codacy's tools, read once for a scan. Anybody may read them.
type catalogue struct {
	rc       *rest.Client
	tools    []tool
	patterns map[string][]pattern // by the tool's UUID
}

func (c *Client) catalogue(ctx context.Context) (*catalogue, error) {
	tools, err := collect[tool](ctx, c.public, rest.Request{Op: "list Codacy's tools", Method: rest.MethodGet, Path: "/api/v3/tools"}, true)
	return &catalogue{c.public, tools, map[string][]pattern{}}, err
}

// generations are tools that Codacy keeps apart by their major version. The
// first of the names is for versions the table lacks.
func generations() map[string]map[string]string {
	return map[string]map[string]string{
		"eslint": {"": "ESLint9", "9": "ESLint9", "8": "ESLint", "7": "ESLint (deprecated)"},
		"pmd":    {"": "PMD7", "7": "PMD7", "6": "PMD"},
	}
}

// aliases are names that tools give themselves and Codacy calls otherwise.
func aliases() map[string]string {
	return map[string]string{
		"pylint": "Pylint", "semgrep": "Opengrep", "semgrep oss": "Opengrep", "golangci-lint": "golangci-lint",
	}
}

// tool finds what a SARIF log's driver is called at Codacy: by generation where
// there are several, then by name or short name, whatever the case.
func (k *catalogue) tool(driver, version string) (tool, error) {
	name := strings.ToLower(strings.TrimSpace(driver))
	if g := generations()[name]; g != nil {
		major, _, _ := strings.Cut(strings.TrimPrefix(version, "v"), ".")
		name = cmp.Or(g[major], g[""])
	} else if a := aliases()[name]; a != "" {
		name = a
	}
	for _, t := range k.tools {
		if strings.EqualFold(t.Name, name) || strings.EqualFold(t.ShortName, name) {
			return t, nil
		}
	}
	var known []string
	for _, t := range k.tools {
		known = append(known, t.Name)
	}
	slices.Sort(known)
	return tool{}, fault.WithHint(fault.Errorf(fault.Input, "Codacy has no tool %q; known: %s", driver, strings.Join(known, ", ")),
		"leave that tool's results out, or judge them with gatewright's own gates")
}

func (k *catalogue) patternsOf(ctx context.Context, t tool) ([]pattern, error) {
	if list, ok := k.patterns[t.UUID]; ok {
		return list, nil
	}
	list, err := collect[pattern](ctx, k.rc, rest.Request{
		Op: "list the patterns of " + t.Name + " at Codacy", Method: rest.MethodGet,
		Path: "/api/v3" + rest.Path("tools", t.UUID, "patterns"), Query: url.Values{},
	}, true)
	if err == nil {
		k.patterns[t.UUID] = list
	}
	return list, err
}

// match finds the pattern of a tool's rule. Codacy puts a prefix before a
// rule's name and has "_" for "/"; what differs from that is looked for by the
// end of the name, and taken only if it is one pattern's alone.
func match(rule string, t tool, patterns []pattern) (pattern, bool) {
	flat := strings.ReplaceAll(rule, "/", "_")
	for _, same := range []func(id string) bool{
		func(id string) bool { return id == t.Prefix+flat || id == rule },
		func(id string) bool { return strings.EqualFold(id, t.Prefix+flat) || strings.EqualFold(id, flat) },
	} {
		if i := slices.IndexFunc(patterns, func(p pattern) bool { return same(p.ID) }); i >= 0 {
			return patterns[i], true
		}
	}
	var found []pattern
	for _, p := range patterns {
		id := strings.ToLower(p.ID)
		if end := strings.ToLower(flat); strings.HasSuffix(id, "_"+end) || strings.HasSuffix(id, "."+end) {
			found = append(found, p)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return pattern{}, false
}
