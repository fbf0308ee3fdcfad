package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/action"
)

// input is one row of action.Table with what the packages need besides.
type input struct {
	action.Input
	choices []string // the values that are allowed; nil: any
	pattern string   // what GitLab holds the value against
	only    string   // the one package that has it; "" is every one
	extra   map[string]string
}

// The packages, as input.only and the keys of input.extra name them.
const (
	github    = "github"
	gitlabCI  = "gitlab"
	azureTask = "azure"
	bitbucket = "bitbucket"
)

// yes reports whether the input is true or false.
func (i input) yes() bool { return i.Default == "true" || i.Default == "false" }

// variable returns the environment variable that carries the input.
func (i input) variable() string {
	if i.Name == "base-url" {
		return "INPUT_API_BASE" // INPUT_BASE_URL is the forge's address in CodeAnt's steps
	}
	return "INPUT_" + upper(i.Name)
}

// help returns the sentence that describes the input in a package.
func (i input) help(where string) string {
	text := i.Help
	if where != github {
		text = strings.Replace(text, ", or github for its own code coverage", "", 1) // which takes a workflow's own token
	}
	if i.extra[where] == "" {
		return text
	}
	return strings.TrimSuffix(text, ".") + i.extra[where]
}

func upper(name string) string { return strings.ToUpper(strings.ReplaceAll(name, "-", "_")) }

// camel returns the name as Azure DevOps wants it: coverageFiles.
func camel(name string) string {
	words := strings.Split(name, "-")
	for n, w := range words[1:] {
		words[n+1] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, "")
}

// inputs returns action.Table with the packages' own facts.
func inputs() ([]input, error) {
	facts := facts()
	var out []input
	for _, row := range action.Table() {
		i := facts[row.Name]
		i.Input = row
		out = append(out, i)
		delete(facts, row.Name)
	}
	for name := range facts {
		return nil, fmt.Errorf("action.Table has no input %s", name)
	}
	return out, nil
}

func facts() map[string]input {
	duration := `^([0-9]+[smh]?)?$`
	return map[string]input{
		"access-token": {extra: map[string]string{
			github:    ": Codacy repository or account token, CodeAnt cdt_…, CodeDig aca_k1_….",
			gitlabCI:  ", as the name of a masked variable with its dollar sign: $MY_TOKEN.",
			azureTask: " variable: $(CODEANT_API_TOKEN). Codacy repository or account token, CodeAnt cdt_…, CodeDig aca_k1_….",
		}},
		// The names of Codacy's reporter, which has no package for another CI.
		"project-token":    {only: github},
		"api-token":        {only: github},
		"github-token":     {only: github},
		"service":          {choices: []string{"codacy", "codeant", "codedig"}},
		"steps":            {pattern: `^((coverage|scan|gate)(, ?(coverage|scan|gate))*)?$`},
		"skip-if-no-token": {choices: []string{"auto", "true", "false"}},
		"timeout":          {pattern: duration},
		"poll-interval":    {pattern: duration},
		"annotations":      {choices: []string{"true", "false"}},
		"comment": {choices: []string{"always", "on-change", "on-failure", "true", "false"}, extra: map[string]string{
			github:    "; the job needs the permission pull-requests: write.",
			gitlabCI:  "; needs GITLAB_TOKEN with the scope api.",
			azureTask: "; needs SYSTEM_ACCESSTOKEN: $(System.AccessToken) in the step's env.",
			bitbucket: "; needs BITBUCKET_TOKEN with the scope pullrequest:write.",
		}},
		// The component and the pipe name the folder themselves: their CI collects it.
		"reports-dir": {only: github},
	}
}

// of returns the inputs that a package has.
func of(where string, all []input) []input {
	return slices.DeleteFunc(slices.Clone(all), func(i input) bool { return i.only != "" && i.only != where })
}

// quote returns text as a YAML scalar that holds it.
func quote(text string) string {
	plain := text != "" && !strings.HasPrefix(text, "'") && !strings.ContainsAny(text, `"#{}[]&*!|>%@`+"`$\\") && !strings.Contains(text, ": ") && !strings.HasSuffix(text, ":")
	switch text {
	case "true", "false", "auto", "null":
		plain = text == "auto"
	}
	if plain {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}
