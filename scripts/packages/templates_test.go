package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestFleetArgumentsAreWords: the arguments of the templates are words, and none
// of them is a pattern of the files in the job's checkout: --exclude sandbox-*
// would name two of three repositories.
func TestFleetArgumentsAreWords(t *testing.T) {
	work := fleetJob(t, "sandbox-1", "sandbox-2")
	const arguments = "--exclude sandbox-* --rotate-within 30d"
	for name, script := range fleetScripts(t, work) {
		if said := runJob(t, script, work, "ARGUMENTS="+arguments, "FLEET_ARGUMENTS="+arguments); name != "github" && !strings.HasSuffix(said, " "+arguments+"\n") {
			t.Errorf("%s: %s", name, said)
		}
	}
}

// TestFleetLimit: 0 leaves the limit to fleet.yml, and 500 is that of a file which
// has none. A template reads no file: what looks like a limit may be none.
func TestFleetLimit(t *testing.T) {
	work := fleetJob(t)
	for _, file := range []string{"service: codacy\n", "limits:\n  # maxChanges: 1\n", "limits: {maxChanges: 20}\n"} {
		if err := os.WriteFile(filepath.Join(work, "fleet.yml"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		for name, script := range fleetScripts(t, work) {
			for _, input := range []string{"0", "7"} {
				said := runJob(t, script, work, "MAX_CHANGES="+input, "FLEET_MAX_CHANGES="+input)
				if want := " --max-changes " + input + " --max-changes-else 500 "; !strings.Contains(strings.ReplaceAll(said, "\n", " "), want) {
					t.Errorf("%s, %q, %s: %s", name, file, input, said)
				}
			}
		}
	}
}

// fleetJob returns a folder with the files, and a gatewright that says how it is called.
func fleetJob(t *testing.T, files ...string) string {
	t.Helper()
	work := t.TempDir()
	if err := os.Mkdir(filepath.Join(work, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range append(files, "bin/gatewright") {
		if err := os.WriteFile(filepath.Join(work, name), []byte("#!/bin/sh\necho \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return work
}

func runJob(t *testing.T, script, work string, env ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
	cmd.Dir = work
	cmd.Env = append(env, "PATH="+filepath.Join(work, "bin")+":"+os.Getenv("PATH"), "RUNNER_TEMP="+work)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// fleetScripts returns what runs the fleet in each of the templates.
func fleetScripts(t *testing.T, work string) map[string]string {
	t.Helper()
	scripts := map[string]string{}
	var component map[string]struct{ Script []string }
	template(t, "../../plugins/gitlab/templates/fleet.yml", 1, &component)
	for _, job := range component {
		scripts["gitlab"] = strings.Join(job.Script, "\n")
	}
	var pipeline struct {
		Jobs []struct{ Steps []struct{ Bash string } }
	}
	template(t, "../../plugins/azure/templates/fleet.yml", 0, &pipeline)
	for _, step := range pipeline.Jobs[0].Steps {
		if strings.Contains(step.Bash, "$ARGUMENTS") {
			scripts["azure"] = strings.NewReplacer("$(Agent.TempDirectory)", work, "$(Pipeline.Workspace)", work).Replace(step.Bash)
		}
	}
	var workflow struct {
		Jobs map[string]struct{ Steps []struct{ Run string } }
	}
	template(t, "../../.github/workflows/fleet.yml", 0, &workflow)
	for _, step := range workflow.Jobs["fleet"].Steps {
		if strings.Contains(step.Run, "fleet apply") {
			scripts["github"] = step.Run
		}
	}
	if len(scripts) != 3 {
		t.Fatalf("%d templates", len(scripts))
	}
	return scripts
}

// template reads one of the documents of a YAML file.
func template(t *testing.T, file string, document int, to any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal([]byte(strings.Split(string(text), "\n---\n")[document]), to); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
}

// TestReportsAreOfTheArtifacts: whatever is left out, what is read are the files of
// the artifacts, and not those that the checkout has.
func TestReportsAreOfTheArtifacts(t *testing.T) {
	var workflow struct {
		Jobs map[string]struct{ Steps []struct{ ID, Run string } }
	}
	template(t, "../../.github/workflows/coverage.yml", 0, &workflow)
	script := ""
	for _, step := range workflow.Jobs["coverage"].Steps {
		if step.ID == "reports" {
			script = step.Run
		}
	}
	for files, want := range map[string]string{
		"":                  "/reports/.",
		"\n":                "/reports/.",
		"!old/x":            "/reports/.\n!/reports/old/x",
		"! old/x\n\n !y":    "/reports/.\n!/reports/old/x\n!/reports/y",
		"a.xml\n !b.xml":    "/reports/a.xml\n!/reports/b.xml",
		"!b.xml\n  **/*.go": "!/reports/b.xml\n/reports/**/*.go",
	} {
		output := filepath.Join(t.TempDir(), "output")
		runJob(t, script, t.TempDir(), "FILES="+files, "FOLDER=/reports", "GITHUB_OUTPUT="+output)
		got, err := os.ReadFile(output)
		if want := "files<<END_OF_FILES\n" + want + "\nEND_OF_FILES\n"; err != nil || string(got) != want {
			t.Errorf("%q: %q, %v, want %q", files, got, err, want)
		}
	}
}
