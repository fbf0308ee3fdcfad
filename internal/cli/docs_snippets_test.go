package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestSnippetsNameInputs looks at every piece of YAML in the pages and in the
// heads of the workflows and templates: a CI only warns of an input that is not
// there, or says nothing, and the rule it was to be is then not judged.
func TestSnippetsNameInputs(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	packages := packagesIn(t, root)
	n := 0
	for _, file := range snippetFiles(t, root) {
		names := map[string]bool{}
		var followed []string // names of workflows, of which each is the one of another piece of the page
		for _, text := range snippets(t, file) {
			var doc yaml.Node
			if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
				t.Errorf("%s: %v\n%s", file, err, text)
				continue
			}
			n += packages.look(t, file, &doc)
			var workflow struct {
				Name string
				On   any
			}
			if doc.Decode(&workflow) == nil {
				names[workflow.Name] = true
				followed = append(followed, workflowRuns(workflow.On)...)
			}
		}
		for _, name := range followed {
			if !names[name] && filepath.Ext(file) == ".md" {
				t.Errorf("%s: on workflow_run of %q, which no workflow there is called", file, name)
			}
		}
	}
	if n < 30 {
		t.Errorf("%d uses of a package", n)
	}
}

// workflowRuns returns the names of the workflows that one with on begins after.
func workflowRuns(on any) []string {
	events, _ := on.(map[string]any)
	event, _ := events["workflow_run"].(map[string]any)
	list, _ := event["workflows"].([]any)
	var names []string
	for _, name := range list {
		names = append(names, fmt.Sprint(name))
	}
	return names
}

// snippetPackages are the inputs of each package, by how a pipeline names it.
type snippetPackages map[string]map[string]bool

func packagesIn(t *testing.T, root string) snippetPackages {
	t.Helper()
	known := snippetPackages{}
	add := func(name string, inputs ...string) {
		if known[name] == nil {
			known[name] = map[string]bool{}
		}
		for _, i := range inputs {
			known[name][i] = true
		}
	}
	read := func(to any, path ...string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(append([]string{root}, path...)...))
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(path[len(path)-1], ".json") {
			err = json.Unmarshal(text, to)
		} else {
			err = yaml.Unmarshal([]byte(strings.Split(string(text), "\n---\n")[0]), to)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"", "/plugins/github/alone", "/plugins/github/coverage", "/plugins/github/scan", "/plugins/github/gate", "/plugins/github/setup"} {
		var a struct{ Inputs map[string]any }
		read(&a, filepath.FromSlash(folder), "action.yml")
		for i := range a.Inputs {
			add("gatewright/gatewright"+folder, i)
		}
	}
	for _, name := range []string{"coverage", "gate", "handover", "fleet"} {
		var w struct {
			On struct {
				Call struct{ Inputs, Secrets map[string]any } `yaml:"workflow_call"`
			}
		}
		read(&w, ".github", "workflows", name+".yml")
		for i := range w.On.Call.Inputs {
			add("gatewright/gatewright/.github/workflows/"+name+".yml", i)
		}
		for s := range w.On.Call.Secrets {
			add("gatewright/gatewright/.github/workflows/"+name+".yml/secrets", s)
		}
	}
	for _, name := range []string{"gatewright", "fleet"} {
		var c struct {
			Spec struct{ Inputs map[string]any }
		}
		read(&c, "plugins", "gitlab", "templates", name+".yml")
		for i := range c.Spec.Inputs {
			add("component "+name, i)
		}
	}
	var task struct{ Inputs []struct{ Name string } }
	read(&task, "plugins", "azure", "gatewright", "task.json")
	for _, i := range task.Inputs {
		add("task", i.Name)
	}
	var pipe struct{ Variables []struct{ Name string } }
	read(&pipe, "plugins", "bitbucket", "pipe.yml")
	for _, v := range pipe.Variables {
		add("pipe", v.Name)
	}
	var template struct{ Parameters []struct{ Name string } }
	read(&template, "plugins", "azure", "templates", "fleet.yml")
	for _, p := range template.Parameters {
		add("template", p.Name)
	}
	return known
}

// look walks the document and returns how many uses of a package it found.
func (known snippetPackages) look(t *testing.T, file string, node *yaml.Node) int {
	t.Helper()
	n := 0
	if node.Kind == yaml.MappingNode {
		at := map[string]*yaml.Node{}
		for i := 0; i < len(node.Content); i += 2 {
			at[node.Content[i].Value] = node.Content[i+1]
		}
		for _, use := range []struct{ key, pattern, inputs string }{
			{"uses", `^(?:https://github.com/)?(gatewright/gatewright(?:/[\w./-]+)?)@`, "with"},
			{"uses", `^(gatewright/gatewright/.github/[\w./-]+)@`, "secrets"},
			{"component", `/(gatewright|fleet)@`, "inputs"},
			{"task", `^(Gatewright)@1$`, "inputs"},
			{"pipe", `(gatewright):1-pipe$`, "variables"},
			{"template", `(fleet)\.yml@`, "parameters"},
		} {
			named := at[use.key]
			if named == nil {
				continue
			}
			m := regexp.MustCompile(use.pattern).FindStringSubmatch(named.Value)
			if m == nil {
				continue
			}
			n++
			name := map[string]string{"uses": m[1], "component": "component " + m[1]}[use.key]
			if name == "" {
				name = use.key
			}
			if use.inputs == "secrets" {
				name += "/secrets"
			}
			if known[name] == nil {
				t.Errorf("%s: there is no %s", file, named.Value)
			}
			if given := at[use.inputs]; given != nil {
				for i := 0; i < len(given.Content); i += 2 {
					if input := given.Content[i].Value; !known[name][input] {
						t.Errorf("%s: %s has no input %q", file, named.Value, input)
					}
				}
			}
		}
	}
	for _, child := range node.Content {
		n += known.look(t, file, child)
	}
	return n
}

func snippetFiles(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md", "plugins/*/*.md", "plugins/*/*/*.md", ".github/workflows/*.yml", "plugins/*/templates/*.yml"} {
		found, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return files
}

// snippets returns the pieces of YAML of a page, or of the comment at the head
// of a workflow. Those that show a change have the lines as they are after it.
func snippets(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	if filepath.Ext(file) == ".yml" {
		head, _, _ := strings.Cut(string(text), "\n\n")
		piece := regexp.MustCompile(`(?m)^#   .*\n(?:#(?:   .*)?\n)*`)
		for _, p := range piece.FindAllString(head+"\n", -1) {
			// Three dots stand for what is the user's own.
			out = append(out, strings.ReplaceAll(regexp.MustCompile(`(?m)^# ?`).ReplaceAllString(p, ""), ": …", ": x"))
		}
		return out
	}
	for i, block := range strings.Split(string(text), "```") {
		language, code, ok := strings.Cut(block, "\n")
		if i%2 == 0 || !ok {
			continue
		}
		switch language {
		case "yaml":
			out = append(out, code)
		case "diff":
			code = regexp.MustCompile(`(?m)^-.*\n`).ReplaceAllString(code, "")
			out = append(out, regexp.MustCompile(`(?m)^\+`).ReplaceAllString(code, " "))
		}
	}
	return out
}
