package main

import (
	"fmt"
	"strings"
)

// pipe writes the variables of pipe.yml.
func pipe(old string, all []input) (string, error) {
	var b strings.Builder
	line := func(name, def string) { fmt.Fprintf(&b, "  - name: %s\n    default: %s\n", name, def) }
	for _, i := range of(bitbucket, all) {
		def := quote(i.Default)
		if i.Name == "access-token" {
			def = "$ACCESS_TOKEN"
		}
		line(upper(i.Name), def)
	}
	line("BITBUCKET_TOKEN", "$BITBUCKET_TOKEN")
	return between(old, "# variables: begin (written by scripts/packages)", "# variables: end", "variables:\n"+b.String())
}

// pipePage writes the table of variables in the pipe's README.
func pipePage(old string, all []input) (string, error) {
	var b strings.Builder
	b.WriteString("\n| variable | default | meaning |\n|---|---|---|\n")
	for _, i := range of(bitbucket, all) {
		def := i.Default
		if i.Name == "access-token" {
			def = "$ACCESS_TOKEN"
		}
		if def != "" {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", upper(i.Name), def, i.help(bitbucket))
	}
	b.WriteString("| `BITBUCKET_TOKEN` | `$BITBUCKET_TOKEN` | access token of the repository, for `COMMENT` and instead of Pipelines' own proxy |\n\n")
	return between(old, "<!-- variables: begin (written by scripts/packages) -->", "<!-- variables: end -->", b.String())
}

// pipeScript writes the names that pipe.sh passes on.
func pipeScript(old string, all []input) (string, error) {
	var lines []string
	line := "for name in"
	for _, i := range of(bitbucket, all) {
		if i.variable() != "INPUT_"+upper(i.Name) {
			continue // pipe.sh says why
		}
		if len(line)+len(i.Name) > 110 {
			lines = append(lines, line+" \\")
			line = " "
		}
		line += " " + upper(i.Name)
	}
	lines = append(lines, line+"; do")
	return between(old, "# names: begin (written by scripts/packages)", "  eval", strings.Join(lines, "\n")+"\n")
}
