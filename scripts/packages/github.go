package main

import (
	"fmt"
	"strings"

	"github.com/gatewright/gatewright/internal/job"
)

// alias is an input of action.yml that is another spelling of one of ours, so
// that a step of somebody else becomes this one by changing its uses: line.
type alias struct{ name, of, whose string }

func aliases() []alias {
	return []alias{
		{"coverage-reports", "coverage-files", "Codacy's coverage action"},
		{"force-coverage-parser", "coverage-format", "Codacy's coverage action"},
		{"codacy-api-base-url", "base-url", "Codacy's analysis action"},
		{"access_token", "access-token", "CodeAnt's actions"},
		{"api_base", "base-url", "CodeAnt's actions"},
		{"platform", "provider", "CodeAnt's coverage action"},
		{"base_url", "forge-url", "CodeAnt's coverage action"},
		{"coverage_file", "coverage-files", "CodeAnt's coverage action"},
		{"module_path", "module-path", "CodeAnt's coverage action"},
		{"include_paths", "include-paths", "CodeAnt's scan action"},
		{"exclude_paths", "exclude-paths", "CodeAnt's scan action"},
		{"scan_timeout", "timeout", "CodeAnt's scan action"},
		{"poll_interval", "poll-interval", "CodeAnt's quality gate action"},
	}
}

// own are the inputs of the action's own scripts, which pick the program.
func own() [][2]string {
	return [][2]string{
		{"gatewright-binary", "A gatewright that is already on the runner; nothing is downloaded then."},
		{"download-url", "Mirror of the release page. What is downloaded is verified all the same."},
	}
}

// alone is the action of all steps that uses no other action. GitHub fetches
// what an action uses before a job begins, also where it would not be run: a
// server, a mirror or a list of allowed actions without it ends the job.
const alone = "alone"

// uploadArtifact is the action that keeps a file of a run.
const uploadArtifact = "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02 # v4.6.2"

const keepBaseline = `    # What a run on the base branch leaves for pull requests, also where its own gate is red.
    - if: ${{ !cancelled() && (steps.gatewright.outputs.baseline-file || steps.gatewright-windows.outputs.baseline-file) }}
      uses: ` + uploadArtifact + `
      continue-on-error: true
      with:
        name: ${{ steps.gatewright.outputs.baseline-name || steps.gatewright-windows.outputs.baseline-name }}
        path: ${{ steps.gatewright.outputs.baseline-file || steps.gatewright-windows.outputs.baseline-file }}
        overwrite: true
`

// wholeAction writes action.yml, or the action of one step, which has that
// step as its default.
func wholeAction(step string) func(string, []input) (string, error) {
	return func(_ string, all []input) (string, error) {
		var b strings.Builder
		title, what, scripts := "Gatewright", "Uploads coverage to Codacy or CodeAnt, runs scans, waits for the quality gate, and says it all on the run's page.", "scripts"
		if step != "" {
			scripts = "../../../scripts"
			title += " " + step
			what = map[string]string{
				alone:      "All of Gatewright without another action, which GitHub would have to fetch.",
				"coverage": "Uploads coverage to Codacy or CodeAnt.",
				"scan":     "Runs the scan of CodeAnt or CodeDig, or hands SARIF to Codacy.",
				"gate":     "Waits for the quality gate of Codacy, CodeAnt or CodeDig.",
			}[step]
		}
		fmt.Fprintf(&b, "# Written by scripts/packages from action.Table; change it there.\nname: %s\ndescription: %s\nauthor: The Gatewright authors\n", title, what)
		b.WriteString("branding:\n  icon: check-circle\n  color: green\n\n# Every input may be left out; an empty one counts as left out.\ninputs:\n")
		inputs := of(github, all)
		for _, i := range inputs {
			def := i.Default
			switch i.Name {
			case "steps":
				if def = step; step == alone {
					def = ""
				}
			case "github-token":
				def = "${{ github.token }}"
			case "timeout": // the program's own, or scan_timeout would be hidden
				def = ""
			}
			yamlInput(&b, i.Name, i.help(github), def)
		}
		for _, i := range own() {
			yamlInput(&b, i[0], i[1], "")
		}
		b.WriteString("\n  # Spellings of Codacy's and CodeAnt's own actions: docs/migrate.md.\n")
		for _, a := range aliases() {
			yamlInput(&b, a.name, a.whose+": "+a.of+".", "")
		}
		yamlInput(&b, "coverage-reporter-version", "Codacy's coverage action: accepted for compatibility; ignored.", "")
		b.WriteString("\noutputs:\n")
		for _, o := range job.Outputs() {
			fmt.Fprintf(&b, "  %s:\n    description: %s\n    value: ${{ steps.gatewright.outputs.%s || steps.gatewright-windows.outputs.%[1]s }}\n", o[0], quote(o[1]), o[0])
		}
		env := environment(inputs)
		fmt.Fprintf(&b, `
# GitHub passes no INPUT_ variables to a composite action, so each is passed here, under a name that every shell keeps.
# The shells are those that every runner has: sh, also in a container without bash, and Windows' own PowerShell, since
# bash may be that of WSL there.
runs:
  using: composite
  steps:
    - id: gatewright
      if: runner.os != 'Windows'
      shell: sh
      env:
%[1]s      run: sh "$GITHUB_ACTION_PATH/%[2]s/action.sh"
    - id: gatewright-windows
      if: runner.os == 'Windows'
      shell: powershell
      env:
%[1]s      run: '& "$env:GITHUB_ACTION_PATH/%[2]s/action.ps1"'
`, env, scripts)
		if step != alone && step != "scan" { // which has no coverage to keep
			b.WriteString(keepBaseline)
		}
		return b.String(), nil
	}
}

func yamlInput(b *strings.Builder, name, help, def string) {
	fmt.Fprintf(b, "  %s:\n    description: %s\n", name, quote(help))
	if def != "" {
		fmt.Fprintf(b, "    default: %s\n", quote(def))
	}
}

// environment returns the env: lines of a step: each input under its variable,
// its own spelling before the others.
func environment(inputs []input) string {
	var b strings.Builder
	line := func(variable string, names ...string) {
		fmt.Fprintf(&b, "        %s: ${{ inputs.%s }}\n", variable, strings.Join(names, " || inputs."))
	}
	for _, i := range inputs {
		names := []string{i.Name}
		for _, a := range aliases() {
			if a.of == i.Name {
				names = append(names, a.name)
			}
		}
		line(i.variable(), names...)
	}
	for _, i := range own() {
		line("INPUT_"+upper(i[0]), i[0])
	}
	line("INPUT_COVERAGE_REPORTER_VERSION", "coverage-reporter-version")
	return b.String()
}
