package main

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/gatewright/gatewright/internal/job"
)

// taskInput is an input of task.json.
type taskInput struct {
	Name         string            `json:"name"`
	Type         string            `json:"type"`
	Label        string            `json:"label"`
	DefaultValue string            `json:"defaultValue"`
	Required     bool              `json:"required"`
	HelpMarkDown string            `json:"helpMarkDown"`
	Options      map[string]string `json:"options,omitempty"`
}

// azure writes the inputs and output variables of the task.
func azure(old string, all []input) (string, error) {
	var list []taskInput
	for _, i := range of(azureTask, all) {
		t := taskInput{Name: camel(i.Name), Type: "string", Label: label(i.Name), DefaultValue: i.Default, HelpMarkDown: i.help(azureTask)}
		switch {
		case i.yes():
			t.Type = "boolean"
		case i.choices != nil:
			t.Type, t.Options = "pickList", map[string]string{}
			for _, c := range i.choices {
				t.Options[c] = c
			}
		case i.Name == "working-directory":
			t.Type = "filePath"
		}
		list = append(list, t)
	}
	list = append(list, taskInput{
		Name: "gatewrightBinary", Type: "filePath", Label: "Gatewright binary",
		HelpMarkDown: "A gatewright of your own, instead of the one in the extension.",
	})
	type variable struct {
		Name        string `json:"name"`
		Description string `json:"description"`
	}
	var variables []variable
	for _, o := range job.Outputs() {
		variables = append(variables, variable{camel(o[0]), o[1]})
	}
	text, err := array(old, "inputs", list)
	if err != nil {
		return "", err
	}
	return array(text, "outputVariables", variables)
}

// array replaces the array of a key at the top of a JSON document that is
// indented by two.
func array(old, key string, value any) (string, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("  ", "  ")
	if err := enc.Encode(value); err != nil {
		return "", err
	}
	lines := strings.TrimSuffix(strings.TrimPrefix(b.String(), "[\n"), "  ]\n")
	return between(old, `  "`+key+`": [`, "  ]", lines)
}

// label returns the name in words: Fail on gate.
func label(name string) string {
	words := strings.Split(name, "-")
	for n, w := range words {
		switch w {
		case "url", "sarif", "junit":
			words[n] = strings.ToUpper(w)
		}
	}
	text := strings.Join(words, " ")
	return strings.ToUpper(text[:1]) + text[1:]
}
