package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gatewright/gatewright/internal/sandbox"
	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// standIns starts those of all services and forges, which end with the test.
func standIns(t *testing.T) *sandbox.Sandbox {
	s, err := sandbox.Start(sandbox.Options{Seed: world.DefaultSeed()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

// place is where a command runs in this process: a folder, and variables.
type place struct {
	dir  string
	vars map[string]string
}

// call runs a command there, and returns what it wrote.
func (p place) call(stdin string, args ...string) (code int, out, talk string) {
	var stdout, stderr bytes.Buffer
	code = Main(Env{Args: args, Stdin: strings.NewReader(stdin), Stdout: &stdout, Stderr: &stderr, Getenv: func(name string) string { return p.vars[name] }, Dir: p.dir})
	return code, stdout.String(), stderr.String()
}
