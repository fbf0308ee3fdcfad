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
	work := t.TempDir()
	bin := filepath.Join(work, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"sandbox-1": "", "sandbox-2": "", "bin/gatewright": "#!/bin/sh\necho \"$@\"\n"} {
		if err := os.WriteFile(filepath.Join(work, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var component map[string]struct{ Script []string }
	template(t, "../../plugins/gitlab/templates/fleet.yml", 1, &component)
	var pipeline struct {
		Jobs []struct {
			Steps []struct{ Bash, DisplayName string }
		}
	}
	template(t, "../../plugins/azure/templates/fleet.yml", 0, &pipeline)
	scripts := map[string]string{}
	for _, job := range component {
		scripts["gitlab"] = strings.Join(job.Script, "\n")
	}
	for _, step := range pipeline.Jobs[0].Steps {
		if strings.Contains(step.Bash, "$ARGUMENTS") {
			scripts["azure"] = strings.NewReplacer("$(Agent.TempDirectory)", work, "$(Pipeline.Workspace)", work).Replace(step.Bash)
		}
	}
	for name, script := range scripts {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", script)
		cmd.Dir = work
		const arguments = "--exclude sandbox-* --rotate-within 30d"
		cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), "ARGUMENTS=" + arguments, "FLEET_ARGUMENTS=" + arguments}
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.HasSuffix(string(out), " "+arguments+"\n") {
			t.Errorf("%s: %v: %s", name, err, out)
		}
	}
	if len(scripts) != 2 {
		t.Errorf("%d templates", len(scripts))
	}
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
