package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gatewright/gatewright/internal/job"
)

// inputsPage writes docs/inputs.md: every input and where it is.
func inputsPage(_ string, all []input) (string, error) {
	var b strings.Builder
	b.WriteString(`# Inputs and outputs of the packages

Written by scripts/packages from the program's own table. The GitHub Action has each input under this name, the GitLab
component too; the Azure DevOps task in camel case (` + "`coverageFiles`" + `), the Bitbucket pipe in capitals (` + "`COVERAGE_FILES`" + `).
Every input may be left out; an empty one counts as left out. What the CI leaves of a variable that is not defined, as ` + "`$(NAME)`" + `,
is no value: the job is red, and says which input it is. In ` + "`commit`, `branch`, `pull-request` and `base`" + ` one of the CI's own counts as
left out, as ` + "`$(System.PullRequest.PullRequestId)`" + ` on a push.

| input | default | meaning |
|---|---|---|
`)
	for _, i := range all {
		help := i.Help
		if i.only != "" {
			help += " GitHub only."
		}
		var also []string
		for _, a := range aliases() {
			if a.of == i.Name {
				also = append(also, "`"+a.name+"`")
			}
		}
		if slices.Sort(also); also != nil {
			help += " Also: " + strings.Join(also, ", ") + "."
		}
		def := i.Default
		if def != "" {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", i.Name, def, strings.ReplaceAll(help, "|", `\|`))
	}
	b.WriteString("\n## Which program runs\n\n| input | meaning |\n|---|---|\n")
	for _, i := range own() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", i[0], i[1])
	}
	b.WriteString("\n## Outputs\n\nAzure Pipelines has them in camel case (`qualityGateStatus`); GitLab and Bitbucket have them as `GATEWRIGHT_…` in\n" +
		"`gatewright-reports/outputs.env`, `commit` as `GATEWRIGHT_REPORTED_COMMIT`; a shell can source the file, outside GitLab.\n\n| output | meaning |\n|---|---|\n")
	for _, o := range job.Outputs() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", o[0], o[1])
	}
	return b.String(), nil
}
