package archtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// pinnedUse is an action of others by its commit, or one of ours.
var pinnedUse = regexp.MustCompile(`^(?:[\w.-]+/[\w./-]+@[0-9a-f]{40}|gatewright/gatewright(?:/[\w./-]+)?@v[0-9.]+|\./[\w./-]*)$`)

// TestWorkflows holds what docs/security.md says of the workflows: nothing to
// write but in the job that needs it, actions by their commits, no event that
// brings a fork's code to secrets, no credential left in a checkout.
func TestWorkflows(t *testing.T) {
	root := filepath.Join("..", "..")
	files, err := filepath.Glob(filepath.Join(root, ".github", "workflows", "*.yml"))
	if err != nil || len(files) < 5 {
		t.Fatalf("%d workflows: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var w struct {
			On          yaml.Node         `yaml:"on"`
			Permissions map[string]string `yaml:"permissions"`
			Jobs        map[string]struct {
				Permissions map[string]string `yaml:"permissions"`
				Steps       []struct {
					Uses string         `yaml:"uses"`
					With map[string]any `yaml:"with"`
				} `yaml:"steps"`
			} `yaml:"jobs"`
		}
		if err := yaml.Unmarshal(text, &w); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		name := filepath.Base(file)
		if w.Permissions == nil {
			t.Errorf("%s: no permissions at its top, so it has those of the repository", name)
		}
		for what, may := range w.Permissions {
			if what != "contents" || may != "read" {
				t.Errorf("%s: %s: %s at its top; a job that needs it says so", name, what, may)
			}
		}
		var on strings.Builder
		for _, n := range append(w.On.Content, &w.On) {
			on.WriteString(n.Value + " ")
		}
		if strings.Contains(on.String(), "pull_request_target") {
			t.Errorf("%s: runs on pull_request_target", name)
		}
		for job, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Uses != "" && !pinnedUse.MatchString(s.Uses) {
					t.Errorf("%s: %s: %s is not pinned to a commit", name, job, s.Uses)
				}
				if strings.HasPrefix(s.Uses, "actions/checkout@") && s.With["persist-credentials"] != false && j.Permissions["contents"] != "write" {
					t.Errorf("%s: %s: the checkout keeps the token", name, job)
				}
			}
		}
	}
}
