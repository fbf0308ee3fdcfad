package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/gatewright/gatewright/internal/fleet/journal"
)

// TestInterruptedAtPrompts types Ctrl-C on a terminal wherever a command waits
// for what somebody types: it ends with 130, says so, and changed nothing.
func TestInterruptedAtPrompts(t *testing.T) {
	t.Parallel()
	about := []string{"--service", "codacy", "--forge", "github", "--org", "acme"}
	one := []string{"--service", "codacy", "--repository", "acme/api", "--provider", "gh"}
	place := []string{"--forge", "github", "--repo", "acme/api"}
	with := func(flags []string, args ...string) []string { return append(args, flags...) }
	apply, put := with(about, "fleet", "apply", "--yes"), with(place, "secret", "put", "X", "--value-env", "HOME")
	for _, tt := range []struct {
		name  string
		args  []string
		ready []string // a command that is run before
		asks  string
		types string // before Ctrl-C
	}{
		{"fleet apply", with(about, "fleet", "apply"), nil, "to go on: ", "2"},
		{"fleet rotate", with(about, "fleet", "rotate"), apply, "to go on: ", ""},
		{"fleet revoke", with(about, "fleet", "revoke", "--all"), apply, "to go on: ", ""},
		{"fleet remove", with(about, "fleet", "remove", "--all"), apply, "to go on: ", "25"},
		{"fleet plan: names", with(about, "fleet", "plan", "--repositories-from", "-"), nil, "", "api\n"},
		{"token revoke", with(one, "token", "revoke", "ID"), nil, "[y/N] ", ""},
		{"token rotate", with(one, "token", "rotate", "ID", "--to-file", "t"), nil, "[y/N] ", "y"},
		{"token list: the token", with(one, "token", "list", "--token-stdin"), nil, "", "abc\n"},
		{"secret put: the value", with(place, "secret", "put", "X"), nil, "Value (not shown): ", "abc"},
		{"secret put: replace", with(place, "secret", "put", "CODACY_PROJECT_TOKEN", "--value-env", "HOME"), apply, "[y/N] ", ""},
		{"secret delete", with(place, "secret", "delete", "X"), put, "[y/N] ", ""},
		{"coverage report", []string{"coverage", "report", "-"}, nil, "", "SF:a\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newFleetRun(t)
			if tt.ready != nil {
				r.run(tt.ready...)
			}
			if i := slices.Index(tt.args, "ID"); i > 0 {
				cmd := r.command(append([]string{"--output", "json", "token", "list"}, one...)...)
				cmd.Stdout = nil
				out, err := cmd.Output()
				var list struct{ Tokens []struct{ ID string } }
				if err != nil || json.Unmarshal(out, &list) != nil || len(list.Tokens) == 0 {
					t.Fatalf("%v: %s", err, out)
				}
				tt.args[i] = list.Tokens[0].ID
			}
			before := r.state()
			here, there := newTerminal(t)
			cmd := r.command(tt.args...)
			cmd.Stdin, cmd.Stdout, cmd.Stderr = there, there, there
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			there.Close()
			ended := make(chan struct{})
			go func() { _ = cmd.Wait(); close(ended) }()
			waits := make(chan struct{})
			go func() {
				defer close(waits)
				for !typed(cmd.Process.Pid) {
					select {
					case <-ended:
						return
					case <-time.After(5 * time.Millisecond):
					}
				}
			}()
			said := make(chan string, 1)
			go func() {
				var text strings.Builder
				buf := make([]byte, 4096)
				for {
					n, err := here.Read(buf)
					text.Write(buf[:n])
					if err != nil { // the other end is closed
						said <- text.String()
						return
					}
				}
			}()
			<-waits
			fmt.Fprint(here, tt.types+"\x03")
			select {
			case <-ended:
			case <-time.After(5 * time.Minute):
				_ = cmd.Process.Kill()
			}
			text := <-said
			if code := cmd.ProcessState.ExitCode(); code != 130 || !strings.Contains(text, tt.asks) || !strings.Contains(text, "gatewright: stopped; ") || !strings.Contains(text, "run it again") {
				t.Errorf("exit code %d, want 130, “%s”, “stopped; …” and the hint to run it again\n%s", code, tt.asks, text)
			}
			if after := r.state(); after != before {
				t.Errorf("something was changed: %s, before %s", after, before)
			}
		})
	}
}

// state is all that a command may have changed.
func (r *fleetRun) state() string {
	written, _ := journal.Read(filepath.Join(r.dir, "fleet.journal"), journal.Keys{Unsigned: true})
	x, has := r.github.Value("actions/acme/api", "X")
	return fmt.Sprintf("%d entries in the journal, %d tokens made, %d of them live, %q %v, %d secrets", max(len(written.Entries), 1), len(r.codacy.Issued()), r.codacy.Live("acme", "api"), x, has, r.everySecretWorks())
}

// typed reports whether a thread of the process reads its standard input.
func typed(pid int) bool {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/syscall", pid))
	for _, name := range threads {
		if text, _ := os.ReadFile(name); strings.HasPrefix(string(text), fmt.Sprintf("%d 0x0 ", unix.SYS_READ)) {
			return true
		}
	}
	return false
}

// newTerminal returns both ends of a terminal: the person's and the program's.
func newTerminal(t *testing.T) (here, there *os.File) {
	here, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { here.Close() })
	if err := unix.IoctlSetPointerInt(int(here.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(here.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	there, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return here, there
}
