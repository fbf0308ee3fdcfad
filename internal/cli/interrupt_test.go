package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gatewright/gatewright/internal/sandbox/world"
)

// TestInterrupted sends SIGINT or SIGTERM to each command in each of its phases,
// while a request has no answer yet: it ends soon, with 130, says how far it came
// and that it can be run again; and run again it does its work.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	about := []string{"--service", "codacy", "--forge", "github", "--org", "acme"}
	one := []string{"--service", "codacy", "--repository", "acme/api", "--provider", "gh"}
	fleet := func(args ...string) []string { return append(append([]string{"fleet"}, args...), about...) }
	for i, tt := range []struct {
		name  string
		args  []string
		ready []string // a command that is run before
		stop  world.Fault
		says  string // beside "stopped; " and the hint
	}{
		{"plan: listing", fleet("plan"), nil, world.Fault{System: "github", Path: "/api/v3/orgs/acme/repos"}, ""},
		{"plan: tokens", fleet("plan"), nil, world.Fault{System: "codacy", Path: "/api/v3/organizations/gh/acme/repositories/*/tokens", Skip: 4}, "of 25"},
		{"plan: secrets", fleet("plan"), nil, world.Fault{System: "github", Path: "/api/v3/repos/acme/*/actions/secrets/*", Skip: 4}, "of 25"},
		{"apply: listing", fleet("apply", "--yes"), nil, world.Fault{System: "github", Path: "/api/v3/orgs/acme/repos"}, ""},
		{"apply: looking", fleet("apply", "--yes"), nil, world.Fault{System: "codacy", Method: "GET", Path: "/api/v3/organizations/gh/acme/repositories/*/tokens", Skip: 4}, "of 25"},
		{"apply: public key", fleet("apply", "--yes"), nil, world.Fault{System: "github", Path: "/api/v3/repos/acme/*/actions/secrets/public-key", Skip: 4}, "of 25"},
		{"apply: mint", fleet("apply", "--yes"), nil, world.Fault{System: "codacy", Method: "POST", Skip: 4}, "of 25"},
		{"apply: store", fleet("apply", "--yes"), nil, world.Fault{System: "github", Method: "PUT", Skip: 4}, "of 25"},
		{"apply: the last ones", fleet("apply", "--yes"), nil, world.Fault{System: "github", Method: "PUT", Skip: 18}, "of 25"},
		{"rotate: store", fleet("rotate", "--yes"), fleet("apply", "--yes"), world.Fault{System: "github", Method: "PUT", Skip: 4}, "of 25"},
		{"revoke: revoke", fleet("revoke", "--all", "--yes"), fleet("apply", "--yes"), world.Fault{System: "codacy", Method: "DELETE", Skip: 2}, "of 25"},
		{"revoke: looking", fleet("revoke", "--all", "--yes"), fleet("apply", "--yes"), world.Fault{System: "github", Path: "/api/v3/orgs/acme/repos"}, ""},
		{"remove: delete", fleet("remove", "--all", "--yes"), fleet("apply", "--yes"), world.Fault{System: "github", Method: "DELETE", Skip: 2}, "of 25"},
		{"sweep: looking", fleet("sweep", "--yes"), fleet("apply", "--yes"), world.Fault{System: "codacy", Method: "GET", Path: "/api/v3/organizations/gh/acme/repositories/*/tokens", Skip: 4}, "of 25"},
		{"audit: looking", fleet("audit"), fleet("apply", "--yes"), world.Fault{System: "github", Path: "/api/v3/repos/acme/*/actions/secrets/*", Skip: 4}, "of 25"},
		{"token list", append([]string{"token", "list"}, one...), nil, world.Fault{System: "codacy"}, ""},
		{"token create", append([]string{"token", "create", "--name", "x", "--to-file", "t"}, one...), nil, world.Fault{System: "codacy", Method: "POST"}, ""},
		{"token rotate", append([]string{"token", "rotate", "1001", "--to-file", "t", "--yes"}, one...), nil, world.Fault{System: "codacy"}, ""},
		{"token revoke", append([]string{"token", "revoke", "1001", "--yes"}, one...), nil, world.Fault{System: "codacy"}, ""},
		{"secret list", []string{"secret", "list", "--forge", "github", "--repo", "acme/api"}, nil, world.Fault{System: "github"}, ""},
		{"secret put", []string{"secret", "put", "X", "--value-env", "HOME", "--forge", "github", "--repo", "acme/api"}, nil, world.Fault{System: "github", Method: "PUT"}, ""},
		{"secret delete", []string{"secret", "delete", "X", "--yes", "--forge", "github", "--repo", "acme/api"}, nil, world.Fault{System: "github"}, ""},
		{"gate", append([]string{"gate", "--commit", strings.Repeat("a", 40), "--organization", "acme"}, one...), nil, world.Fault{System: "codacy"}, ""},
		{"coverage upload", append([]string{"coverage", "upload", "--commit", strings.Repeat("a", 40), "lcov.info"}, one...), nil, world.Fault{System: "codacy"}, ""},
		{"scan", append([]string{"scan", "--commit", strings.Repeat("a", 40)}, one...), nil, world.Fault{System: "codacy"}, ""},
		{"doctor", []string{"doctor", "--service", "codacy"}, nil, world.Fault{System: "codacy"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newFleetRun(t)
			if err := os.WriteFile(filepath.Join(r.dir, "lcov.info"), []byte("SF:a.go\nDA:1,1\nend_of_record\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			if tt.ready != nil {
				r.run(tt.ready...)
			}
			met := make(chan struct{}, 100)
			tt.stop.Delay, tt.stop.Times, tt.stop.Met = 30*time.Second, -1, func() { met <- struct{}{} }
			r.s.World.Faults.Add(tt.stop)
			sig := []os.Signal{os.Interrupt, syscall.SIGTERM}[i%2]
			cmd := r.command(tt.args...)
			var said bytes.Buffer
			cmd.Stderr = &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			ended := make(chan struct{})
			go func() { _ = cmd.Wait(); close(ended) }()
			select {
			case <-met:
			case <-ended:
				t.Fatalf("the phase never came\n%s\n%s", said.String(), r.seen.String())
			}
			_ = cmd.Process.Signal(sig)
			<-ended
			text := said.String()
			if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(text, "gatewright: stopped; ") || !strings.Contains(text, tt.says) || !strings.Contains(text, "run it again") {
				t.Errorf("%s: exit code %d, want 130 and “stopped; …%s…” with the hint to run it again\n%s", sig, code, tt.says, text)
			}
			if tt.args[0] != "fleet" {
				return
			}
			r.s.World.Faults.Clear()
			r.run(tt.args...)
			r.everySecretWorks()
		})
	}
}
