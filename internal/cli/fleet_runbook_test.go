package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestRunbook runs every command line of the runbook in docs/fleet.md, in its
// order, against the stand-ins: each must end well.
func TestRunbook(t *testing.T) {
	text, err := os.ReadFile("../../docs/fleet.md")
	if err != nil {
		t.Fatal(err)
	}
	_, runbook, ok := strings.Cut(string(text), "\n## Runbook\n")
	if !ok {
		t.Fatal("no runbook in docs/fleet.md")
	}
	s, err := sandbox.Start(sandbox.Options{Seed: world.DefaultSeed()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "gatewright")); err != nil {
		t.Skip(err)
	}
	fleet := "service: codacy\nforge: github\norganization: acme\n"
	if err := os.WriteFile(filepath.Join(dir, "fleet.yml"), []byte(fleet), 0o600); err != nil {
		t.Fatal(err)
	}
	env := []string{"PATH=" + bin + string(os.PathListSeparator) + os.Getenv("PATH"), "HOME=" + dir, "NO_COLOR=1"}
	for _, v := range s.Variables() {
		env = append(env, v.Name+"="+v.Value)
	}
	ran := 0
	for i, block := range strings.Split(runbook, "```") {
		code, shell := strings.CutPrefix(block, "sh\n")
		if i%2 == 0 || !shell {
			continue
		}
		for line := range strings.Lines(code) {
			cmd := exec.CommandContext(t.Context(), "sh", "-c", line)
			cmd.Dir, cmd.Env = dir, env
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s%v\n%s", line, err, out)
			}
			ran++
		}
	}
	if ran < 15 {
		t.Errorf("%d command lines", ran)
	}
}
