package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestPackagesHaveEveryInput(t *testing.T) {
	if err := run("../..", true); err != nil {
		t.Error(err)
	}
}

// TestPipeTakesLists: a list in the pipeline's YAML comes as NAME_COUNT and
// NAME_0, NAME_1 and so on, without NAME.
func TestPipeTakesLists(t *testing.T) {
	bin := t.TempDir()
	show := "#!/bin/sh\nprintf '%s' \"$INPUT_MIN_PATH|$INPUT_MIN_TOTAL|$INPUT_API_BASE|$INPUT_TESTS$INPUT_COMMIT$INPUT_NAME\"\n"
	if err := os.WriteFile(filepath.Join(bin, "gatewright"), []byte(show), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "../../plugins/bitbucket/pipe.sh")
	cmd.Env = []string{
		"PATH=" + bin + ":" + os.Getenv("PATH"), "BASE_URL=https://x", "MIN_TOTAL=80",
		"MIN_PATH_COUNT=2", "MIN_PATH_0=src/**=90", `MIN_PATH_1=a "$(b)" c=60`,
		"TESTS_COUNT=12", "COMMIT_COUNT=abc", "NAME_COUNT=", "NAME_0=x", // of somebody's own
	}
	out, err := cmd.CombinedOutput()
	if want := "\nsrc/**=90\na \"$(b)\" c=60|80|https://x|"; err != nil || string(out) != want {
		t.Errorf("%q, %v, want %q", out, err, want)
	}
}

// TestPipeRefusesRules: Bitbucket hands any variable on, and a rule that is no
// variable of the pipe would not be judged.
func TestPipeRefusesRules(t *testing.T) {
	for variable, says := range map[string]string{"MIN_TOTL=80": "no variable MIN_TOTL", "MAX_NEWS_COUNT=1": "no variable MAX_NEWS_COUNT", "MIN_TOTAL=80": "", "MAX_NEW_COUNT=0": "", "HOME=/x": "", "NOTES=a\nMIN_AGE=4": ""} {
		bin := t.TempDir()
		if err := os.WriteFile(filepath.Join(bin, "gatewright"), []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "sh", "../../plugins/bitbucket/pipe.sh")
		cmd.Env = []string{"PATH=" + bin + ":" + os.Getenv("PATH"), variable}
		out, err := cmd.CombinedOutput()
		if (err != nil) != (says != "") || !strings.Contains(string(out), says) {
			t.Errorf("%s: %q, %v", variable, out, err)
		}
	}
}

func TestBetweenNeedsItsMarks(t *testing.T) {
	if text, err := between("a\n<\nold\n>\nb\n", "<", ">", "new\n"); err != nil || text != "a\n<\nnew\n>\nb\n" {
		t.Errorf("%q, %v", text, err)
	}
	for _, old := range []string{"a\n>\n", "a\n<\n"} {
		if _, err := between(old, "<", ">", "new\n"); err == nil || !strings.Contains(err.Error(), "no line") {
			t.Errorf("%q: %v", old, err)
		}
	}
}
