package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// step is what the templates' steps have in common.
type step struct {
	Name        string            `yaml:"name"`
	DisplayName string            `yaml:"displayName"`
	Bash        string            `yaml:"bash"`
	Publish     string            `yaml:"publish"`
	Artifact    string            `yaml:"artifact"`
	With        map[string]string `yaml:"with"`
}

// journalOf returns the steps of the fleet's job of a template, by name.
func journalOf(t *testing.T, azure bool) map[string]step {
	t.Helper()
	var steps []step
	if azure {
		var pipeline struct{ Jobs []struct{ Steps []step } }
		template(t, "../../plugins/azure/templates/fleet.yml", 0, &pipeline)
		steps = pipeline.Jobs[0].Steps
	} else {
		var workflow struct {
			Jobs map[string]struct{ Steps []step }
		}
		template(t, "../../.github/workflows/fleet.yml", 0, &workflow)
		steps = workflow.Jobs["fleet"].Steps
	}
	out := map[string]step{}
	for _, s := range steps {
		out[s.Name+s.DisplayName] = s
	}
	return out
}

// TestJournalOfTheNewestRun: the fleet at Azure Pipelines goes on from the journal of the
// newest run that kept one, whatever became of that run, and of its newest attempt. Where
// it cannot be known which that is, nothing is begun.
func TestJournalOfTheNewestRun(t *testing.T) {
	const (
		name    = "gatewright-fleet-codedig-azuredevops-1-of-1"
		page    = `<!DOCTYPE html><html>Sign In</html>`
		three   = `{"count":3,"value":[{"_links":{},"id":13,"buildNumber":"3","status":"completed","result":"canceled"},{"_links":{},"id":12,"buildNumber":"2","result":"failed"},{"_links":{},"id":11,"buildNumber":"1","result":"succeeded"}]}`
		nothing = `{"count":0,"value":[]}`
	)
	kept := func(names ...string) string {
		text := ""
		for _, n := range names {
			text += `{"id":1,"name":"` + n + `","source":"x","resource":{"type":"PipelineArtifact","data":"y"}},`
		}
		return `{"count":1,"value":[` + strings.TrimSuffix(text, ",") + `]}`
	}
	for _, tt := range []struct {
		name      string
		runs      string
		artifacts map[string]string // by run; none: nothing is kept
		attempt   string
		run, file string // "" for none
		fails     bool
	}{
		{name: "cancelled", runs: three, artifacts: map[string]string{"13": kept(name + "-attempt-1"), "12": kept(name + "-attempt-1")}, run: "13", file: name + "-attempt-1"},
		{name: "its agent was lost", runs: three, artifacts: map[string]string{"12": kept("drop", name+"-attempt-1")}, run: "12", file: name + "-attempt-1"},
		{name: "as an earlier version named it", runs: three, artifacts: map[string]string{"11": kept(name)}, run: "11", file: name},
		{name: "the newest attempt", runs: three, artifacts: map[string]string{"13": kept(name+"-attempt-10", name, name+"-attempt-9")}, run: "13", file: name + "-attempt-10"},
		{name: "the attempt before", runs: three, attempt: "2", artifacts: map[string]string{"14": kept(name + "-attempt-1"), "13": kept(name + "-attempt-1")}, run: "14", file: name + "-attempt-1"},
		{name: "of other shards", runs: three, artifacts: map[string]string{"13": kept(name+"2-attempt-1", "x-"+name+"-attempt-1")}},
		{name: "the first run", runs: nothing},
		{name: "not to be asked", fails: true},
		{name: "a page", runs: page, fails: true},
		{name: "artifacts not to be asked", runs: three, artifacts: map[string]string{"13": "refused"}, fails: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			work := t.TempDir()
			write := func(file, text string) {
				if err := os.WriteFile(filepath.Join(work, file), []byte(text), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			write("curl", `#!/bin/bash
grep -q '^header = "Authorization: Bearer the-token-of-the-job"$' || exit 90
case "$*" in *the-token-of-the-job*) exit 91 ;; esac
for address; do :; done
case $address in
*/builds) answer=$WORK/runs ;;
*/artifacts) run=${address%/artifacts} answer=$WORK/${run##*/}.artifacts; [ -e "$answer" ] || { echo '{"count":0,"value":[]}'; exit; } ;;
esac
[ -e "$answer" ] && ! grep -q refused "$answer" || exit 22
cat "$answer"
`)
			if tt.runs != "" {
				write("runs", tt.runs)
			}
			for run, text := range tt.artifacts {
				write(run+".artifacts", text)
			}
			cmd := exec.CommandContext(t.Context(), "bash", "-c", journalOf(t, true)["Find the journal"].Bash)
			attempt := tt.attempt
			if attempt == "" {
				attempt = "1"
			}
			cmd.Env = []string{
				"PATH=" + work + ":" + os.Getenv("PATH"), "WORK=" + work, "BUILDS=https://dev.azure.example/acme/p/_apis/build/builds", "DEFINITION=7", "BRANCH=refs/heads/main",
				"RUN=14", "ATTEMPT=" + attempt, "JOURNAL=" + name, "SYSTEM_ACCESSTOKEN=the-token-of-the-job",
			}
			out, err := cmd.CombinedOutput()
			if (err != nil) != tt.fails {
				t.Fatalf("%v: %s", err, out)
			}
			want := "no run has kept a journal: this one begins it\n"
			if tt.run != "" {
				want = "##vso[task.setvariable variable=JournalRun]" + tt.run + "\n##vso[task.setvariable variable=JournalArtifact]" + tt.file + "\n"
			}
			if !tt.fails && string(out) != want {
				t.Errorf("%s, want %s", out, want)
			}
		})
	}
}

// TestJournalsAreNotMixedUp: a cache is looked for by the beginning of its key, which must
// not be that of another organization's. An artifact is kept once in a run, by each attempt
// in one of its own.
func TestJournalsAreNotMixedUp(t *testing.T) {
	github := journalOf(t, false)
	of := func(text, owner string) string {
		return strings.NewReplacer("${{ env.BRANCH }}", "gatewright-journal-codacy-"+owner, "${{ github.run_id }}", "1", "${{ github.run_attempt }}", "1").Replace(text)
	}
	begins, key := github["Fetch the journal from the cache"].With["restore-keys"], github["Keep the journal in the cache"].With["key"]
	if !strings.HasPrefix(of(key, "acme"), of(begins, "acme")) || strings.HasPrefix(of(key, "acme-tools"), of(begins, "acme")) || strings.HasPrefix(of(key, "acme-1/4"), of(begins, "acme")) {
		t.Errorf("%q is looked for as %q", of(key, "acme-tools"), of(begins, "acme"))
	}
	if azure := journalOf(t, true)["Keep the journal"]; !strings.HasSuffix(azure.Artifact, "-attempt-$(System.JobAttempt)") {
		t.Errorf("%+v", azure)
	}
}
