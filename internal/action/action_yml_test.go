package action

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sethvargo/go-githubactions"
	"go.yaml.in/yaml/v3"
)

// actionFile is the part of action.yml that these rules are about.
type actionFile struct {
	Inputs map[string]struct {
		Description string
		Default     string
	}
	Outputs map[string]struct{ Value string }
	Runs    struct {
		Using string
		Steps []struct {
			If, Shell, Run, Uses string
			Env                  map[string]string
		}
	}
}

func readAction(t *testing.T) actionFile {
	t.Helper()
	return readActionAt(t, "../../action.yml")
}

func readActionAt(t *testing.T, file string) actionFile {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var f actionFile
	if err := yaml.Unmarshal(text, &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// GitHub puts an expression's value into the script's text before the shell
// reads it, so that a branch named $(…) would run. Inputs go through env alone.
func TestActionRunsNoExpression(t *testing.T) {
	f := readAction(t)
	if f.Runs.Using != "composite" || len(f.Runs.Steps) != 3 {
		t.Fatalf("runs: %+v", f.Runs)
	}
	// Containers such as Alpine's have no bash, and Windows' may be that of WSL.
	shells := map[string]string{"runner.os != 'Windows'": "sh", "runner.os == 'Windows'": "powershell"}
	// The last one keeps the baseline, which nothing but an action can.
	if keep := f.Runs.Steps[2]; !regexp.MustCompile(`^actions/upload-artifact@[0-9a-f]{40}$`).MatchString(keep.Uses) || keep.Run != "" {
		t.Errorf("the step that keeps the baseline: %+v", keep)
	}
	for _, step := range f.Runs.Steps[:2] {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("run: holds an expression: %s", step.Run)
		}
		if step.Uses != "" || step.Shell != shells[step.If] {
			t.Errorf("a step in another shell than every runner has: %+v", step)
		}
		if !maps.Equal(step.Env, f.Runs.Steps[0].Env) {
			t.Errorf("the steps differ in env:")
		}
	}
}

// TestAloneUsesNoOtherAction: what an action uses is fetched before a job
// begins, and where it cannot be, the job ends. One action uses none; otherwise
// it is the same.
func TestAloneUsesNoOtherAction(t *testing.T) {
	f, whole := readActionAt(t, "../../plugins/github/alone/action.yml"), readAction(t)
	for _, step := range f.Runs.Steps {
		if step.Uses != "" || step.Run == "" {
			t.Errorf("a step that is no command: %+v", step)
		}
	}
	if len(f.Runs.Steps) != 2 || len(f.Inputs) != len(whole.Inputs) || !maps.Equal(f.Runs.Steps[0].Env, whole.Runs.Steps[0].Env) {
		t.Errorf("%d steps, %d inputs of %d", len(f.Runs.Steps), len(f.Inputs), len(whole.Inputs))
	}
}

// GitHub passes composite actions no INPUT_ variables, though other runners do.
func TestActionPassesEveryInput(t *testing.T) {
	f := readAction(t)
	passed := map[string]string{} // input to variable
	expression := regexp.MustCompile(`^\$\{\{ inputs\.[\w-]+( \|\| inputs\.[\w-]+)* \}\}$`)
	name := regexp.MustCompile(`inputs\.([\w-]+)`)
	for variable, value := range f.Runs.Steps[0].Env {
		if !expression.MatchString(value) {
			t.Errorf("%s: %s is not a list of inputs", variable, value)
		}
		if !regexp.MustCompile(`^INPUT_[A-Z_]+$`).MatchString(variable) {
			t.Errorf("%s is a name that some shells drop", variable)
		}
		for _, m := range name.FindAllStringSubmatch(value, -1) {
			if _, ok := f.Inputs[m[1]]; !ok {
				t.Errorf("%s: no input %s", variable, m[1])
			}
			if other, ok := passed[m[1]]; ok {
				t.Errorf("input %s goes to %s and %s", m[1], other, variable)
			}
			passed[m[1]] = variable
		}
	}
	for input, spec := range f.Inputs {
		if passed[input] == "" {
			t.Errorf("input %s is not passed in env:", input)
		}
		if spec.Description == "" {
			t.Errorf("input %s has no description", input)
		}
	}
}

// Every input of the program is one of action.yml, with the same default and
// words, and arrives where it belongs.
func TestActionKnowsTheProgramsInputs(t *testing.T) {
	f := readAction(t)
	for _, input := range Table() {
		spec, ok := f.Inputs[input.Name]
		if !ok {
			t.Errorf("action.yml has no input %s", input.Name)
			continue
		}
		if spec.Default != input.Default && spec.Default != "" && !strings.Contains(spec.Default, "${{") {
			t.Errorf("%s: default %q, want %q", input.Name, spec.Default, input.Default)
		}
		if !strings.HasPrefix(spec.Description, strings.TrimSuffix(input.Help, ".")) {
			t.Errorf("%s: %q, want %q", input.Name, spec.Description, input.Help)
		}
	}
	for variable, value := range f.Runs.Steps[0].Env {
		first := regexp.MustCompile(`inputs\.([\w-]+)`).FindStringSubmatch(value)[1]
		for _, input := range Table() {
			env := map[string]string{variable: "x"}
			_, found := input.find(githubactions.New(githubactions.WithGetenv(func(k string) string { return env[k] })))
			if belongs := input.Name == first; found != belongs {
				t.Errorf("%s (%s) is read as %s: %v", variable, first, input.Name, found)
			}
		}
	}
}

// TestActionRunsTheNamedProgram: a name without a slash is a file of the
// workspace, and no other program of that name that PATH leads to.
func TestActionRunsTheNamedProgram(t *testing.T) {
	work, elsewhere := t.TempDir(), t.TempDir()
	for dir, says := range map[string]string{work: "mine", elsewhere: "another"} {
		if err := os.WriteFile(filepath.Join(dir, "gatewright"), []byte("#!/bin/sh\necho "+says+" \"$@\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script, err := filepath.Abs("../../scripts/action.sh")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(elsewhere, "path")
	for _, name := range []string{"gatewright", "./gatewright", filepath.Join(work, "gatewright")} {
		for _, task := range []string{"action", "setup"} {
			cmd := exec.CommandContext(t.Context(), "sh", script, task)
			cmd.Dir = work
			cmd.Env = []string{"PATH=" + elsewhere + ":" + os.Getenv("PATH"), "INPUT_GATEWRIGHT_BINARY=" + name, "GITHUB_PATH=" + path, "RUNNER_TEMP=" + elsewhere}
			out, err := cmd.CombinedOutput()
			if want := map[string]string{"action": "mine action\n"}[task]; err != nil || string(out) != want {
				t.Errorf("%s of %s: %q, %v", task, name, out, err)
			}
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if !filepath.IsAbs(line) {
			t.Errorf("%q is on the path of later steps", line)
		}
	}
}
